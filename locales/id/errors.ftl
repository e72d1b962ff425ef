### Texts of the refusals and errors that a server or a file gives.

error-account-bad = `{ $user }` bukan nama akun. Tidak ada yang diubah.
error-account-own = { $user } menjalankan server dan selalu admin. Tidak ada yang diubah.
error-account-reserved = Server sendiri bernama `{ $user }` di jejak audit; akun tidak boleh bernama sama. Tidak ada yang diubah.
error-account-root = { $user } tidak diberi peran: beberapa orang dapat memakainya, sehingga jejak audit tidak menyebut siapa. Tidak ada yang diubah. Administrator mesin memakai akun server, yang selalu admin: `sudo -u sipintar sipintar …`; untuk pekerjaan sehari-hari beri peran kepada akun orangnya.
error-account-unknown = Komputer ini tidak punya akun `{ $user }`. Tidak ada yang diubah. Periksa ejaannya (`getent passwd { $user }`), atau tambahkan --force untuk akun yang baru akan dibuat.
error-agenda-unknown = Tidak ada surat dengan nomor agenda { $agenda }. Periksa nomornya di `sipintar letter list`.
error-already-running = Server sudah berjalan (proses { $pid }). Server yang kedua tidak dijalankan; data aman. Hentikan dahulu dengan `sipintar stop`.
error-bad-date = Tanggal `{ $text }` tidak dapat dibaca: { $reason }.
error-date-outside = Tanggal { $date } di luar tahun 1900–2999. Tidak ada yang diubah; periksa tahunnya.
error-bad-id = `{ $text }` bukan nomor yang benar. Contoh: AGD-00123/2026, S-000012, K-000012, satker 411201.
error-bad-number = `{ $text }` bukan angka. Ketik misalnya 1234567 atau 1.234.567.
error-bad-period = `{ $text }` bukan periode. Contoh: 2026-11, 2026-Q4, 2026.
error-bad-phone = Nomor HP `{ $text }` tidak dapat dipakai: { $reason }.
error-bad-state = Status `{ $state }` tidak dapat dipakai di sini. Tidak ada yang berubah.
error-busy = Server sedang penuh; permintaan ini tidak dijalankan. Coba lagi sebentar.
error-cell-too-long = Isi sel lebih dari { $max } karakter. Baris ini tidak diambil; persingkat isinya lalu impor lagi.
error-clock-bad = Jam `{ $text }` tidak dapat dibaca. Contoh: 2026-11-24, 2026-11-24T09:30:00+07:00.
error-connection-lost = Hubungan dengan server terputus. Yang sudah dijawab server aman di disk; permintaan terakhir mungkin sudah atau belum dijalankan: periksa dahulu sebelum mengulang.
error-date-future = Tanggal surat { $date } belum tiba: tanggal surat tidak boleh sesudah hari ini. Periksa tanggalnya.
error-deadline-rule = { $cause }.
error-key-reused = Dengan kunci ini sudah dikerjakan hal lain, atau oleh orang lain. Sekarang tidak ada yang dikerjakan. Periksa apakah yang dimaksud sudah ada; untuk mengerjakannya sekali lagi, pakai kunci baru.
error-list-too-long = Daftar terlalu panjang; paling banyak { $max }. Tidak ada yang diubah.
error-opted-out = Nomor { $phone } meminta berhenti (BERHENTI): pemberitahuan tidak dikirim ke sana. Jawaban dan SMS bebas tetap dapat.
cause-opted-out = nomor ini meminta berhenti
error-demo-fictitious = Nomor { $phone } adalah nomor contoh yang tidak ada. SMS ini hanya dapat keluar lewat modem simulasi; tidak ada yang terkirim.
error-demo-interrupted = Kantor contoh berhenti dimuat di tengah jalan, karena ada surat atau SMS yang dicatat selagi memuat. Yang dicatat orang aman. Pakai --home FOLDER-LAIN untuk kantor contoh yang lengkap.
error-disk-low = Ruang disk tinggal { $free } MiB. Data yang ada aman, tetapi catatan baru dapat ditolak: kosongkan disk.
error-duplicate = Surat nomor { $number } dari pengirim yang sama sudah tercatat sebagai { $agenda }. Belum ada yang dicatat.
error-field-bad = Isian { $field }: { $reason }.
error-field-missing = Isian { $field } wajib diisi.
error-field-unknown =
    Tidak ada isian `{ $name }` di sini; yang ada: { $known }.{ $nearest ->
        [none] {""}
       *[other] {" "}Maksud Anda `{ $nearest }`?
    }
error-file-bad =
    { $file }{ $line ->
        [none] {""}
       *[other] , baris { $line }
    }: { $cause }.
error-forbidden = Peran Anda (`{ $role }`) tidak boleh melakukan ini; perlu `{ $needs }`. Tidak ada yang berubah. Administrator memberi peran dengan `sipintar users`, atau di sipintar.toml, bagian [users].
error-forbidden-section = Surat ini milik seksi { $section }; Anda tidak boleh mengubahnya. Tidak ada yang berubah.
error-inbox-no-phone = { $from } bukan nomor HP, jadi tidak dapat dijawab lewat SMS. Pesannya tetap tersimpan; tandai selesai bila sudah ditangani.
error-inbox-settled = Tidak ada yang menunggu dalam percakapan { $id }. Tidak ada yang berubah.
error-inbox-unknown = Tidak ada pesan masuk { $id }. Lihat dengan `sipintar inbox list`.
error-internal = Terjadi kesalahan yang tidak terduga: { $cause }. Yang sudah tercatat aman; lihat folder log/ dan laporkan.
error-journal-failed = Jurnal tidak dapat dibaca atau ditulis: { $cause }. Server berhenti mencatat agar tidak ada yang hilang; periksa disk, lalu jalankan `sipintar verify`.
error-journal-busy = Jurnal ini sedang ditulis oleh server lain, walaupun berkas kuncinya tidak ada. Server yang kedua tidak dijalankan; data aman. Hentikan dahulu dengan `sipintar stop`.
error-journal-damaged =
    Jurnal rusak: { $file }{ $line ->
        [none] {""}
       *[other] , baris { $line }
    }: { $fault ->
        [not-entry] bukan catatan ({ $cause })
        [too-long] baris terlalu panjang
        [no-end] baris terpotong
        [number] nomor catatan tidak berurutan ({ $cause })
        [chain] baris sebelumnya bukan baris yang seharusnya; ada yang diubah, hilang, atau berasal dari jurnal lain
        [group-cut] perintah terpotong di tengah
        [unpack] tidak dapat dibuka ({ $cause })
        [not-as-listed] isinya bukan yang tercatat dalam manifest
       *[other] bukan berkas biasa
    }. Tidak ada yang diubah atau dihapus; server tidak akan mulai dengan jurnal ini. Pulihkan cadangan terbaru dengan `sipintar restore`, atau lihat yang dapat diselamatkan dengan `sipintar repair FOLDER-BARU`.
error-journal-missing =
    Jurnal tidak lengkap: { $file } tidak ada (catatan { $first }{ $last ->
        [none] {" "}dan seterusnya
       *[other] –{ $last }
    }). Server tidak dijalankan; tidak ada yang diubah. Periksa apakah disknya terpasang, kembalikan berkas itu, atau pulihkan cadangan dengan `sipintar restore`; tanpa itu, `sipintar repair FOLDER-BARU` menyelamatkan yang tersisa.
error-journal-doubled = Ada dua versi dari satu bagian jurnal: { $file } dan { $other }, dan keduanya tidak bersambung. Server tidak dijalankan; tidak ada yang diubah. Pindahkan yang keliru ke luar folder journal/, lalu jalankan `sipintar verify`.
error-journal-short = Jurnal berakhir pada catatan { $seq }, padahal catatan { $known } pernah ditulis. Server tidak dijalankan agar nomor tidak diberikan dua kali; tidak ada yang diubah. Periksa apakah disk jurnal terpasang dan bukan salinan lama, atau pulihkan cadangan dengan `sipintar restore`. Bila memang hilang: `sipintar accept-loss { $seq }` melanjutkan tanpanya.
error-journal-foreign = { $file }, baris { $line }: catatan { $seq } bukan yang pernah ditulis di sini; ini jurnal kantor lain atau jurnal yang diubah. Server tidak dijalankan; tidak ada yang diubah. Kembalikan jurnal yang benar atau pulihkan cadangan dengan `sipintar restore`. Bila jurnal inilah yang benar: `sipintar accept-loss { $last }` melanjutkannya.
error-journal-other = Jurnal ini bukan jurnal kantor ini: { $file } dimulai lain dari yang dikenal { $anchor } dan { $store }. Server tidak dijalankan; tidak ada yang diubah. Kembalikan folder jurnal yang benar, atau pulihkan cadangan dengan `sipintar restore`. Bila jurnal inilah yang benar, pindahkan { $anchor } dan { $store } ke luar folder kantor, lalu jalankan lagi; keduanya dibuat kembali dari jurnal.
error-anchor-foreign = { $file } milik jurnal kantor lain dan tidak tahu apa-apa tentang jurnal di sini. Server tidak dijalankan; tidak ada yang hilang dan tidak ada yang diubah. Kembalikan berkas yang benar; bila tidak ada lagi, pindahkan berkas ini ke luar folder kantor, lalu jalankan lagi: berkas itu dibuat kembali.
error-journal-set-aside = Salinan lama { $file } di folder jurnal bukan yang benar; berkas itu kini bernama { $now }. Tidak ada yang hilang.
error-journal-torn = Ujung jurnal terpotong saat listrik padam ({ $bytes } bita, kini di { $now }). Tidak ada pekerjaan yang sudah dijawab yang hilang.
error-journal-manifest-made = Manifest jurnal hilang atau rusak; seluruh jurnal dibaca, ternyata utuh, dan manifest dibuat kembali.
error-journal-manifest-unwritten = Manifest jurnal tidak dapat ditulis ({ $cause }). Jurnal sendiri aman; periksa ruang disk.
error-fact-too-long = Permintaan ini terlalu besar untuk satu catatan jurnal ({ $bytes } dari paling banyak { $max } bita). Tidak ada yang diubah; bagilah menjadi beberapa bagian.
error-loss-none = Jurnal berakhir pada catatan { $seq } dan tidak ada yang diketahui hilang. Tidak ada yang diubah.
error-loss-other = Jurnal berakhir pada catatan { $seq }, bukan { $typed }. Tidak ada yang diubah; ketik nomor yang disebut saat server menolak dijalankan.
error-backup-exists = Berkas { $file } sudah ada; cadangan tidak pernah ditulis di atas berkas lain. Tidak ada yang diubah; pilih nama lain.
error-backup-no-room = Tidak ada ruang untuk cadangan di { $folder }: { $free } MiB kosong, { $needed } MiB dibutuhkan. Kantor tetap bekerja; kosongkan ruang, atau pilih folder lain di pengaturan, bagian [backup].
error-backup-failed = Cadangan { $file } tidak dapat ditulis: { $cause }. Kantor tetap bekerja, dan cadangan sebelumnya tidak tersentuh. Periksa disk dan izinnya.
error-backup-name = { $file }: cadangan yang ditulis server harus dengan jalur lengkap dan berakhiran .tar. Tidak ada yang ditulis.
error-backup-place = Cadangan tidak ditulis ke { $folder }: { $own } hanya untuk berkas server sendiri. Tidak ada yang diubah; pilih folder lain, sebaiknya di disk lain.
error-backup-old =
    { $last ->
        [none] Belum ada cadangan sama sekali
       *[other] Cadangan terbaru bertanggal { $last }
    }, padahal ada catatan baru sesudahnya. Data aman selama disk ini sehat. `sipintar backup` membuat satu sekarang; lihat log mengapa yang harian tidak dibuat.
error-backup-folder =
    Cadangan tidak dibuat karena foldernya { $folder }: { $what ->
        [absent] tidak ada; mungkin disknya belum terpasang
        [marker] berkas { $cause }, tanda disk yang benar, tidak ada di dalamnya
       *[other] { $cause }
    }. Kantor tetap bekerja. Pasang disknya, atau perbaiki [backup] di sipintar.toml.
error-backup-missed =
    Cadangan harian gagal sejak { $since }; { $last ->
        [none] belum ada satu pun
       *[other] yang terakhir bertanggal { $last }
    }. Dicoba lagi setiap sepuluh menit; `sipintar backup` membuatnya begitu sebabnya diatasi.
error-backup-left-out = { $file } tidak masuk cadangan: lebih besar dari 1 MiB, atau namanya terlalu panjang, atau memuat garis miring terbalik atau karakter kendali. Simpan di tempat lain.
error-backup-bad =
    Ini bukan cadangan yang utuh{ $member ->
        [none] {""}
       *[other] {" "}({ $member })
    }: { $what ->
        [tar] bukan berkas `tar`, atau terpotong ({ $cause })
        [cut] terpotong
        [kind] berisi sesuatu yang bukan berkas, misalnya tautan atau perangkat
        [name] berisi berkas yang tidak dimiliki cadangan mana pun
        [twice] berisi berkas yang sama dua kali
        [order] bagian-bagian jurnal tidak bersambung
        [size] ada berkas di dalamnya yang terlalu besar
        [after-end] ada sesuatu di belakang ujungnya
        [missing] ada berkas yang hilang
        [unlisted] berisi berkas yang tidak dikenal manifestnya
        [digest] ada berkas yang bukan seperti saat ditulis
        [many] berisi lebih banyak berkas daripada cadangan mana pun (paling banyak 1.000 berkas pengaturan dan 10.000 bagian jurnal)
        [form] dibuat oleh versi program yang lain
       *[other] manifestnya tidak sesuai dengan isinya
    }. Tidak ada yang dipulihkan; gunakan cadangan lain.
error-backup-damaged =
    Cadangan ini rusak: { $file }{ $line ->
        [none] {""}
       *[other] , baris { $line }
    }: { $fault ->
        [not-entry] bukan catatan ({ $cause })
        [too-long] barisnya terlalu panjang
        [no-end] barisnya terpotong
        [number] nomornya tidak berurutan ({ $cause })
        [chain] baris sebelumnya bukan yang mendahuluinya saat ditulis
        [group-cut] satu perintah terpotong di tengah
       *[other] tidak dapat dibuka ({ $cause })
    }. Tidak ada yang dipulihkan; gunakan cadangan lain.
error-check-failed =
    Pemeriksaan malam menemukan kerusakan pada jurnal{ $file ->
        [none] {""}
       *[other] {" "}({ $file }{ $line ->
            [none] {""}
           *[other] , baris { $line }
        })
    }. Pekerjaan berjalan terus dan tersimpan, tetapi server tidak akan dapat dijalankan lagi dalam keadaan ini. Jalankan `sipintar verify` untuk temuan lengkapnya, amankan cadangan terakhir yang baik, lalu pulihkan atau gunakan `sipintar repair FOLDER-BARU`.
error-home-not-empty = Folder { $folder } tidak kosong ({ $found }). Tidak ada yang diubah; sebutkan folder kosong, atau yang belum ada.
error-home-unfinished = Pemulihan di folder ini terputus: { $folder } masih ada. Server tidak dijalankan agar tidak mulai sebagai kantor baru; tidak ada yang diubah. Ulangi `sipintar restore` (atau `repair`) ke folder kosong; yang terputus boleh dihapus.
error-restore-failed = { $file } tidak dapat ditulis: { $cause }. Tidak ada yang dipulihkan; periksa disk dan ruangnya.
error-until-too-early = Jurnal dalam cadangan ini baru dimulai setelah itu; catatan terakhirnya { $of }. Tidak ada yang dipulihkan.
error-until-bad = "{ $text }" bukan nomor catatan dan bukan waktu seperti 2026-11-24T09:30. Tidak ada yang dipulihkan.
error-journal-none = Tidak ada jurnal di { $folder }. Tidak ada yang ditulis; periksa apakah --home menyebut folder yang benar dan disknya terpasang.
error-journal-closed = Jurnal hanya boleh dibaca oleh akun yang menjalankan server ({ $file } tertutup bagi akun Anda). Tidak ada yang diubah; pakai akun itu, misalnya `sudo -u sipintar sipintar verify`.
error-history-rewritten =
    Riwayat telah ditulis ulang: { $file }, baris { $line }: catatan { $seq } bukan yang dikenal{ $same ->
        [0] {""}
       *[other] ; sampai catatan { $same } masih sama
    }. Tidak ada yang diubah. Hentikan server, simpan keduanya untuk pemeriksaan, dan pulihkan cadangan.
error-history-repaired =
    Jurnal ini pernah diperbaiki dengan `sipintar repair`, pada { $at } oleh { $by }: catatan { $from }–{ $to } hilang{ $count ->
        [1] {""}
       *[other] , dan { $count } celah seluruhnya
    }. Sampai catatan { $same } sama dengan berkas ini; dari catatan { $seq } ({ $file }, baris { $line }) nomor dan hash memang lain karena perbaikan itu, sehingga tidak dapat dibandingkan. Tidak ada yang diubah. Yang hilang dan ditinggalkan ada di repair.txt; mulai sekarang bandingkan dengan cadangan yang dibuat sesudahnya. Bila tidak ada yang pernah menjalankan perbaikan itu, anggap riwayat ini ditulis ulang dan simpan keduanya untuk pemeriksaan.
error-against-nothing = { $file } tidak menyebut catatan jurnal mana pun. Tidak ada yang dibandingkan; berikan cadangan, salinan journal/manifest atau journal.anchor, atau baris berisi nomor dan hash seperti yang dicetak `sipintar verify`.
error-repair-none = Jurnal tidak rusak sejauh dapat dibaca; tidak ada yang perlu diperbaiki. Tidak ada yang ditulis.
error-repair-failed = { $file } tidak dapat ditulis: { $cause }. Tidak ada yang diselamatkan; jurnal yang rusak tidak tersentuh. Periksa disk dan ruangnya.
error-clock-behind = Jam server menunjukkan { $now }, sebelum catatan terakhir ({ $last }). Data aman, tetapi tenggat dan jam kirim bisa keliru; periksa jam mesin ini.
error-letter-state = Surat { $agenda } berstatus { $state } dan tidak dapat menjadi { $to }. Tidak ada yang berubah.
error-line-bad = Server tidak mengerti permintaan ini: { $cause }. Tidak ada yang berubah.
error-line-too-long = Permintaan terlalu besar bagi server. Tidak ada yang berubah; bagi berkasnya menjadi beberapa bagian.
error-modem-trouble = Modem: { $cause }.
error-modem-unknown = Tidak ada modem bernama `{ $name }`. `sipintar modem list` menunjukkan namanya.
error-module-unknown =
    Tidak ada modul `{ $name }`.{ $nearest ->
        [none] {""}
       *[other] {" "}Maksud Anda `{ $nearest }`?
    }
error-no-home = Folder data tidak diketahui: HOME tidak ada. Sebutkan dengan --home FOLDER.
error-no-modem = Tidak ada modem yang siap. SMS menunggu dengan aman dan keluar sendiri setelah modem siap.
error-no-phone =
    { $satker ->
        [none] Tidak ada satker yang dapat dihubungi
       *[other] Satker { $satker } tidak punya nomor HP { $role }
    }; SMS tidak dibuat.
error-no-terminal = Meja kerja memerlukan terminal. Untuk skrip pakai perintah; lihat `sipintar --help`.
error-no-text = Layanan ini tidak punya teks SMS untuk langkah ini; SMS tidak dibuat.
error-not-empty = Kantor ini sudah berisi data; kantor contoh hanya dapat dimuat ke folder yang kosong. Tidak ada yang berubah. Pakai --home FOLDER-LAIN.
error-previous-unknown = Surat sebelumnya `{ $agenda }` tidak ditemukan.
error-protocol = Jawaban server tidak dapat dimengerti. Mungkin versinya lain: jalankan `sipintar stop`, lalu ulangi. Data aman.
error-range = { $name } harus antara { $min } dan { $max }.
error-reason-missing = Sebutkan alasannya.
error-row-duplicate = Kode { $code } sudah ada di baris sebelumnya pada berkas ini; baris ini tidak diambil.
error-same-person = { $user } sudah memberi konfirmasi pertama; yang kedua harus orang lain.
error-satker-inactive = Satker { $satker } tidak aktif dan tidak dikirimi SMS.
error-satker-missing = Pilih satker, atau sebutkan nama pengirim lain.
error-satker-unknown = Tidak ada satker dengan kode { $code }. Cari dengan `sipintar satker list --find NAMA`.
error-section-missing = Peran `section` memerlukan nama seksi: --section NAMA.
error-section-needless = Hanya peran `section` yang memakai seksi. Tidak ada yang diubah.
error-section-unknown =
    Tidak ada seksi { $section }. Yang ada: { $known }.{ $nearest ->
        [none] {""}
       *[other] {" "}Maksud Anda `{ $nearest }`?
    }
error-server-newer = Server (versi { $server }) lebih baru daripada program ini ({ $client }). Pakai program yang baru. Data aman.
error-server-older = Server masih versi { $server }, program ini { $client }. Jalankan `sipintar stop` lalu ulangi: server baru dimulai. Data aman.
error-server-start = Server tidak dapat dijalankan: { $cause }. Data aman. Lihat { $file }, atau jalankan `sipintar serve` untuk melihat sebabnya.
error-service-unknown =
    Modul { $module } tidak punya layanan `{ $name }`.{ $nearest ->
        [none] {""}
       *[other] {" "}Maksud Anda `{ $nearest }`?
    }
error-settings-bad =
    { $file }{ $line ->
        [none] {""}
       *[other] , baris { $line }
    }:{ $key ->
        [none] {""}
       *[other] {" "}`{ $key }`:
    } { $cause }.{ $nearest ->
        [none] {""}
       *[other] {" "}Maksud Anda `{ $nearest }`?
    }
error-sheet-bad = { $file } tidak dapat dibaca sebagai tabel: { $cause }. Tidak ada yang diimpor. Buka di Excel atau LibreOffice dan simpan ulang sebagai XLSX atau CSV.
error-sheet-cells = { $file } punya lebih dari { $max } sel. Tidak ada yang diimpor; hapus kolom yang tidak perlu, atau bagi menjadi beberapa berkas.
error-sheet-columns = { $file } punya lebih dari { $max } kolom. Tidak ada yang diimpor; hapus kolom yang tidak perlu.
error-sheet-empty = { $file } kosong: tidak ada baris judul maupun isi. Tidak ada yang diimpor.
error-sheet-heavy = { $file } perlu lebih dari { $max } MiB memori atau { $seconds } detik untuk dibaca; tidak ada tabel seberat itu. Tidak ada yang diimpor. Salin tabelnya ke buku kerja baru, simpan sebagai XLSX atau CSV, lalu impor.
error-sheet-kind = { $file } bukan tabel, melainkan berkas { $kind }. Tidak ada yang diimpor. Simpan tabelnya sebagai XLSX atau CSV.
error-sheet-missing-column =
    Kolom `{ $column }` tidak ada di baris judul.{ $nearest ->
        [none] {""}
       *[other] {" "}Maksud Anda `{ $nearest }`?
    } Tidak ada yang diimpor.
error-sheet-quote = { $file }: tanda kutip yang dibuka di baris { $row } tidak pernah ditutup. Tidak ada yang diimpor.
error-sheet-rows = { $file } punya lebih dari { $max } baris. Tidak ada yang diimpor; bagi menjadi beberapa berkas.
error-sheet-size = { $file } lebih besar dari { $max } MiB. Tidak ada yang diimpor; bagi menjadi beberapa berkas.
error-flood = { $n } SMS sejak { $since } menunggu petugas{ $cost ->
    [none] {""}
   *[other] , senilai { $cost }
}: lebih banyak dari yang boleh dijawab sendiri dalam satu jam. Tidak ada yang hilang: jawab, teruskan atau sisihkan di Percakapan (sipintar inbox). Jawaban otomatis berjalan lagi sendiri paling lama satu jam setelah banjir reda; segera, bila answers_per_hour atau registrations_per_hour pada [inbox] dinaikkan dan server dimulai ulang.
error-sheet-unpacks = { $file } mengembang menjadi lebih dari { $max } MiB saat dibuka; tidak ada tabel sebesar itu. Tidak ada yang diimpor. Salin tabelnya ke buku kerja baru, simpan sebagai XLSX atau CSV, lalu impor.
error-simulated-modem = SIMULASI: modem tiruan dipakai, tidak ada SMS yang benar-benar keluar.
error-sms-state = SMS { $id } berstatus { $state }; langkah ini tidak berlaku untuknya. Tidak ada yang berubah.
error-sms-unknown = Tidak ada SMS { $id }.
error-stop-slow = Server belum berhenti setelah 30 detik. Data aman; lihat folder log/.
error-stopping = Server sedang berhenti; permintaan ini tidak dijalankan. Yang sudah tercatat aman. Coba lagi.
error-store-rebuilt = Simpanan cepat dibangun ulang dari jurnal ({ $cause }); tidak ada yang hilang.
error-text-empty = Teks tidak boleh kosong.
error-text-too-long = Teks terlalu panjang; paling banyak { $max } karakter.
error-text-unfilled = Teks SMS tidak dapat dilengkapi: { $cause }.
error-to-missing = Sebutkan nomor HP atau satker yang dituju.
error-too-many = Terlalu banyak sekaligus; paling banyak { $max }.
error-unreachable = Tidak ada server yang menjawab untuk { $home } ({ $cause }). Data aman. Jalankan `sipintar serve`, atau buka meja kerja dengan `sipintar`.
error-user-in-file = { $user } tercantum di sipintar.toml, bagian [users], yang didahulukan. Tidak ada yang diubah; ubah di sana lalu mulai ulang server.
error-user-known = { $user } sudah punya peran: `{ $role }`. Tidak ada yang diubah. `sipintar users set` memberi peran lain.
error-user-section-unknown =
    sipintar.toml, [users]: { $user } dari seksi { $section }, yang tidak ada, sehingga tidak boleh mengubah apa pun. Perbaiki berkas itu lalu jalankan ulang server. Yang ada: { $known }.{ $nearest ->
        [none] {""}
       *[other] {" "}Maksud Anda `{ $nearest }`?
    }
error-user-unknown =
    { $user } tidak punya peran yang dapat diubah atau dicabut. `sipintar users list` menunjukkan siapa yang punya.{ $nearest ->
        [none] {""}
       *[other] {" "}Maksud Anda `{ $nearest }`?
    }
error-waits-modem = Menunggu modem yang siap.
error-waits-retry = Dicoba lagi pada { $until }.
error-waits-throttle = Batas per menit tercapai; berlanjut pukul { $until }.
error-waits-undo = Masih dapat ditarik sampai { $until }.
error-waits-window = Menunggu jam kirim, mulai { $opens }.
error-held = Semua pengiriman ditahan oleh { $by } sejak { $since }: { $reason }
error-already-held = Pengiriman sudah ditahan oleh { $by }.
error-not-held = Pengiriman tidak sedang ditahan.
error-over-budget = Anggaran hari ini { $limit } SMS akan terlampaui: sudah { $used }, ditambah { $more }. Tidak ada yang berubah; konfirmasi dengan persetujuan khusus, atau besok.
error-broadcast-had = Tidak ada yang dikirim: siaran ini sudah dikirim ke, atau sedang menunggu untuk, semua { $n } nomor penerimanya. Bila memang perlu diulang sebelum 7 hari, ubah teksnya.
error-broadcast-nobody = Tidak ada penerima: longgarkan wilayah, modul atau daftar kodenya.
error-placeholder-unknown = Isian { "{" }{ $name }{ "}" } tidak dikenal di siaran. Maksudnya { "{" }{ $nearest }{ "}" }?
error-sms-changed = SMS { $id } diubah orang lain setelah Anda melihatnya; ia tetap di tempatnya. Lihat lagi lalu putuskan.
error-module-bad = File modul tidak dapat dipakai ({ $count } masalah). Yang pertama: { $reason }. Server tidak dijalankan; data aman. Perbaiki lalu periksa dengan `sipintar check`.
error-ussd-code = `{ $code }` bukan kode USSD. Contoh: *888#.
error-cell-empty = Sel wajib diisi. Baris ini tidak diambil.
error-bad-satker-code = `{ $text }` bukan kode satker (enam angka). Baris ini tidak diambil.
error-budget-older = Data yang sudah tersimpan lebih baru (per { $date }). Baris ini tidak diambil.
error-phone-repaired = Nomor HP `{ $text }` dibaca sebagai { $phone }.
error-phone-missing = { $name } tidak punya nomor HP, jadi tidak dapat menerima SMS.
error-bad-choice = `{ $text }` tidak dikenal. Pilihan: { $known }.
error-date-far = { $date } lebih dari setahun jauhnya. Tidak ada yang dicatat. Bila memang benar, ulangi dengan --sure (di layar: simpan sekali lagi).
error-met-future = { $date } belum tiba; yang belum terjadi tidak dapat dicatat sebagai dipenuhi.
error-date-not-by-letter = Tanggal { $obligation } tidak ditetapkan dengan surat; ia dihitung dari aturan.
error-deadline-no-date = { $reason }.
error-deadline-state = Kewajiban { $id } berstatus { $state }; langkah ini tidak berlaku untuknya. Tidak ada yang berubah.
error-deadline-unknown = Tidak ada kewajiban { $id }.
error-event-unknown = Peristiwa `{ $name }` tidak dikenal.{ $nearest ->
       [none] {""}
       *[other] {" "}Maksud Anda `{ $nearest }`?
    }
error-holidays-none = Berkas itu tidak berisi satu hari libur pun. Tidak ada yang diubah.
error-item-unknown = Rincian `{ $name }` tidak ada dalam surat ini. Pilihan: { $known }.
error-obligation-unknown = Kewajiban `{ $name }` tidak dikenal.{ $nearest ->
       [none] {""}
       *[other] {" "}Maksud Anda `{ $nearest }`?
    }
error-reminded-today = Semua penerima kewajiban { $id } sudah disurati hari ini. Tidak ada yang disusun lagi.
cause-deadline-met = kewajiban dipenuhi
cause-deadline-exempt = kewajiban dikecualikan
cause-deadline-moved = tanggal jatuh tempo berubah
cause-satker-inactive = satker tidak aktif
cause-holidays = daftar hari libur berubah
cause-calendar-changed = daftar hari libur atau aturannya berubah
cause-letter = tanggal dari surat
cause-too-late = sudah lewat waktunya
error-satker-kind = { $satker } adalah { $kind }, sedangkan modul { $module } untuk { $wanted }. Tidak ada yang dicatat. Periksa kodenya.
error-no-stages = Peserta jenis { $kind } tidak mengikuti program bertahap.
error-start-year-missing = Tahun mulai program belum diketahui, jadi tonggak tahapnya belum dihitung. Isi kolom `tahun_mulai` lalu impor lagi.
error-stage-kept = { $code } tetap di tahapnya sekarang. Pindahkan dengan `sipintar satker stage { $code } --to TAHAP --reason ALASAN`.
error-stage-present = Peserta ini sudah berada di tahap itu. Tidak ada yang berubah.
error-stage-finished = Semua tahap sudah selesai. Tidak ada yang berubah.
error-milestones-missing = Belum tercapai: { $missing }. Tahap tidak berubah. Catat buktinya, atau sebutkan alasannya dengan `--reason`.
error-milestone-unknown = Tonggak `{ $text }` tidak dikenal. Pilihan: { $known }.
cause-kind-changed = jenis peserta berubah
cause-no-revenue-treasurer = satker tidak lagi memiliki Bendahara Penerimaan
cause-satker-active = satker aktif lagi
cause-event-again = peristiwanya dicatat lagi
cause-date-taken-back = tanggal dari surat dibatalkan
cause-date-given = tanggal dari surat ditetapkan lagi
cause-programme-ended = semua tahap selesai
cause-stage-left = tahap sudah ditinggalkan
cause-budget-newer = ada angka pagu yang lebih baru
error-home-not-ours = Folder { $home } milik akun `{ $owner }`; Anda `{ $account }`. Hanya akun pemiliknya yang boleh menjalankan servernya: server tidak dijalankan dan tidak ada yang diubah. Gunakan `systemctl start sipintar` bila dipasang sebagai layanan, jika tidak `sudo -u { $owner } sipintar serve`.
error-not-ours = { $path } milik akun `{ $owner }`, bukan `{ $account }` yang menjalankan server: pemiliknya dapat mengubahnya kapan saja. Server tidak dijalankan dan tidak ada yang diubah. Periksa isinya, lalu kembalikan dengan `chown { $account } { $path }`.
error-open-to-others = Akun lain boleh menulis ke { $path } (mode { $mode }), sehingga tidak dapat dipastikan apakah isinya milik kantor. Server tidak dijalankan dan tidak ada yang diubah. Periksa isinya; bila benar, tutup dengan `chmod -R go-w { $path }` lalu jalankan lagi.
error-is-a-link = { $path } adalah tautan (symlink); data kantor tidak disimpan di balik tautan. Server tidak dijalankan dan tidak ada yang diubah. Letakkan berkas atau foldernya sendiri di situ. Seluruh folder kantor boleh berupa tautan.
error-not-a-file =
    { $path } { $wanted ->
        [folder] bukan folder
       *[file] bukan berkas biasa
    }; server tidak membuka yang lain di situ. Server tidak dijalankan dan tidak ada yang diubah. Pindahkan ke luar folder kantor, atau letakkan { $wanted ->
        [folder] folder
       *[file] berkas
    } yang benar di tempatnya.
error-secret-open = { $path } berisi rahasia dan dapat dibaca akun lain (mode { $mode }); berkas itu milik `{ $owner }` sehingga server tidak dapat menutupnya. Server tidak dijalankan dan tidak ada yang diubah. Jalankan `chown { $account } { $path }` dan `chmod 0600 { $path }`, dan pertimbangkan untuk mengganti rahasianya.
error-closed-to-others =
    { $path } terbuka bagi akun lain (mode { $mode }) dan telah ditutup (kini { $now }){ $more ->
        [none] {""}
       *[other] , begitu juga { $more } lainnya
    }. Isinya tidak berubah; bila memuat rahasia, pertimbangkan untuk menggantinya.
error-above-open = Akun lain boleh menulis ke folder { $path } (mode { $mode }) di atas folder kantor dan dapat memindahkan kantor. Data aman. Tutup dengan `chmod go-w { $path }`.
error-account-unread = Sistem saat ini tidak dapat menyebut akun Anda: { $cause }. Tidak ada yang diubah. Coba lagi sebentar; bila terus begini, beri tahu administrator.
error-server-away = Server SI PINTAR tidak berjalan. Yang sudah disimpan tidak hilang. Beri tahu administrator; meja kerja tersambung sendiri begitu server berjalan lagi.
error-modem-none = Di { $port } tidak ada modem yang menjawab: { $cause }. Tidak ada yang diubah; periksa portnya, atau pilih port lain dari modem yang sama.
error-modem-slow = Modem di { $port } tidak selesai menjawab: { $cause }. Tidak ada yang diubah; cabut lalu pasang lagi modemnya dan coba sekali lagi.

## Sebuah rincian tanpa isi
value-empty = (kosong)
