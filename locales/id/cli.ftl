### Texts of the command line.

cli-calendar-closed = { $date }: kantor tutup.
cli-calendar-opened = { $date }: kantor buka.
cli-check-account = sipintar.toml, [users]: komputer ini tidak punya akun `{ $user }`. Perannya berlaku bila akun itu ada.
cli-check-account-own = sipintar.toml, [users]: { $user } pemilik folder data; yang menjalankan server selalu admin, apa pun yang tertulis di sini.
cli-check-good = Semua berkas di folder data benar.
cli-deadline-due = { $obligation }: jatuh tempo { $date }
cli-deadline-estimate = { $obligation }: perkiraan jatuh tempo { $date }; tanggal pasti ada di surat yang belum dicatat
cli-demo-loaded = Kantor contoh dimuat: { $satker } satker, { $letters } surat, { $deadlines } kewajiban, { $sms } SMS. Semuanya rekaan.
cli-import-counts = { $added } baru, { $changed } berubah, { $unchanged } sama, { $rejected } ditolak
cli-import-dry-run = Hanya percobaan: tidak ada yang diubah.
cli-import-errors = Baris yang tidak diambil:
cli-import-notes = Baris yang diambil, dengan catatan:
cli-import-unknown-columns = Kolom yang tidak dikenal, tidak dipakai: { $columns }
cli-letter-duplicate = Perhatian: pengirim dan nomor surat { $agenda } sama dengan { $earlier }. Jika dobel: `sipintar letter void { $agenda } --reason dobel`.
cli-letter-sms = SMS { $id } menunggu konfirmasi
cli-list-more = { $shown } dari { $total } baris; --limit N menunjukkan lebih banyak
cli-list-more-unknown = { $shown } baris pertama; --limit N menunjukkan lebih banyak
cli-satker-inactive = Tidak aktif: tidak dikirimi SMS.
cli-server-stopped = Server sudah berhenti.
cli-sms-confirmed = { $n } SMS dikonfirmasi
cli-sms-rejected-count = { $n } SMS ditolak
cli-sms-resent = { $n } SMS dikirim ulang
cli-sms-withdrawn = { $n } SMS ditarik
cli-sms-held = Semua pengiriman ditahan. Lanjutkan dengan: sipintar sms resume
cli-sms-resumed = Pengiriman berjalan lagi
cli-sms-second-needed = { $n } SMS menunggu orang kedua
cli-sms-settled = { $n } SMS diputuskan
cli-sms-undone = { $n } SMS ditarik kembali
cli-user-set = { $user } sekarang `{ $role }`{ $section ->
        [none] {""}
       *[other] {" "}seksi { $section }
    }. Berlaku mulai permintaan berikutnya.
cli-user-removed = { $user } tidak punya peran lagi. Berlaku mulai permintaan berikutnya.
cli-users-server = { $user } menjalankan server dan selalu admin.
cli-verify-whole = Jurnal utuh: { $n } catatan, rantai berakhir di { $seq } { $hash }
cli-loss-accepted = Jurnal dilanjutkan setelah catatan { $seq }; { $lost } catatan hilang. Nomor agenda yang pernah diberikan tidak dipakai lagi. Pengiriman SMS ditahan karena isi antrean mungkin sudah terkirim: jalankan server, catat ulang yang hilang, periksa antrean, lalu `sipintar sms resume`.
cli-backup-made = Cadangan dibuat dan diperiksa: { $file } ({ $size } KiB), sampai catatan { $seq }. Simpan salinannya di komputer lain.
cli-backup-whole = Cadangan utuh: { $office }, { $seq } catatan, yang terakhir { $time }, dibuat { $made }. Rantai berakhir dengan { $seq } { $hash }
cli-restored = { $office } dipulihkan ke { $folder }: { $seq } dari { $of } catatan, yang terakhir { $time }.
cli-restored-free = Nomor agenda { $first } sampai { $last } diberikan sesudahnya dan kini bebas lagi: nomor itu akan diberikan untuk kedua kalinya.
cli-restored-until = Pesan yang terkirim setelah saat itu mungkin menunggu lagi.
cli-restored-next = Berkas PIN dan kata sandi tidak ada dalam cadangan: letakkan kembali, jalankan `sipintar check`, lalu jalankan server. Pengiriman ditahan saat pertama dijalankan: lihat yang menunggu, tolak yang sudah terkirim, lalu `sipintar sms resume`. Kantor yang lama tidak boleh berjalan lagi.
cli-repair-list = Yang hilang dan yang ditinggalkan oleh perbaikan jurnal pada { $now } ({ $zone }). Catat ulang menurut daftar ini; waktu adalah waktu { $zone }.
cli-repair-lost =
    Hilang: catatan { $from }–{ $to } ({ $file }{ $line ->
        [0] {""}
       *[other] , baris { $line }
    }), antara { $before ->
        [none] awal jurnal
       *[other] { $before }
    } dan { $later ->
        [none] akhir jurnal
       *[other] { $later }
    }.
cli-repair-left = Ditinggalkan: catatan { $seq }, { $time }: { $what } ({ $fact }) { $about }
cli-repair-nothing = Tidak ada yang hilang: semua catatan ada, dan yang berlebih tidak diikutkan.
cli-repaired = { $saved } catatan diselamatkan ke { $folder }; sampai catatan { $whole } jurnal tetap seperti semula, bita demi bita. { $left } catatan tidak dapat berdiri tanpa yang hilang dan ditinggalkan; daftarnya di repair.txt. Jalankan server di folder itu dan catat ulang yang hilang; pengiriman ditahan di sana: lihat yang menunggu, tolak yang sudah terkirim, lalu `sipintar sms resume`; folder yang rusak tidak diubah.
cli-verify-against = Jurnal utuh dan sesuai dengan { $n } catatan yang dikenal; rantai berakhir dengan { $seq } { $hash }
column-backup = cadangan terakhir
column-check = pemeriksaan terakhir

## Judul kolom
column-about = tentang
column-action = tindakan
column-actor = oleh
column-agenda = agenda
column-answered = dijawab
column-as-of = per
column-blocked = blokir
column-clients = klien
column-clock = jam server
column-code = kode
column-column = kolom
column-committed = kontrak
column-completed = selesai
column-date = tanggal
column-delivered = sampai
column-description = uraian
column-disk = disk kosong
column-does = arti
column-empty = {""}
column-error = gangguan
column-events = peristiwa
column-expense = jenis
column-failed = gagal
column-fact = kejadian
column-from = dari
column-home = folder
column-id = id
column-imei = imei
column-keys = tombol
column-kind = jenis
column-kpa = KPA
column-left = sisa
column-letters = surat
column-manufacturer = pembuat
column-model = model
column-modem = modem
column-name = nama
column-note = catatan
column-number = nomor
column-obligations = kewajiban
column-open = terbuka
column-operator = operator
column-pagu = pagu
column-parts = bagian
column-percent = persen
column-phone = HP
column-pid = proses
column-place = tempat
column-port = port
column-reason = alasan
column-received = diterima
column-region = kab/kota
column-reminder = pengingat
column-role = peran
column-row = baris
column-satker = satker
column-section = seksi
column-sender = pengirim
column-sent = terkirim
column-seq = no
column-service = layanan
column-services = layanan
column-signal = sinyal
column-sim = SIM
column-sms = SMS
column-spent = realisasi
column-started = mulai
column-state = status
column-subject = perihal
column-target = target
column-text = teks
column-time = waktu
column-to = ke
column-undelivered = tak sampai
column-user = pengguna
column-version = versi
column-waits = menunggu
column-year = tahun
cli-deadline-reminded = Pengingat disusun: { $sms }. Konfirmasi sebelum dikirim.
cli-deadline-moved = Tanggal dicatat; { $count } tenggat yang masih terbuka bergeser.
cli-event-known = Peristiwa ini sudah tercatat dengan tanggal dan rincian yang sama.
cli-event-met = Terpenuhi olehnya: { $ids }
cli-event-nothing = Tercatat. Tidak ada kewajiban yang timbul.
cli-holidays-changed = { $changes } perbedaan; { $moved } tenggat terbuka bergeser.
cli-holidays-differ = { $changes } perbedaan.
cli-holidays-ask = Terapkan? [y/T]
cli-holidays-left = Tidak ada yang berubah.
cli-holidays-gap = Perhatian: tidak ada satu pun hari libur di tahun { $year }.
column-due = jatuh tempo
column-item = rincian
column-letter = surat
column-met = dipenuhi
column-obligation = kewajiban
column-period = periode
column-source = dasar
deadline-step-opened = timbul
deadline-step-met = dipenuhi { $date }
deadline-step-exempted = dikecualikan: { $reason }
deadline-step-reopened = terutang lagi: { $reason }
deadline-step-moved = { $from } menjadi { $to }: { $reason }
column-evidence = bukti
column-milestone = tonggak
column-stage = tahap
cli-satker-kind = Jenis peserta: { $kind }.
cli-programme = { $name }, mulai { $started }, tahap sekarang: { $stage }
cli-programme-finished = semua tahap selesai
cli-import-alerts = Peringatan disusun: { $count }. Konfirmasi sebelum dikirim.
cli-import-alerts-would = Peringatan yang akan disusun: { $count }.
column-module = modul
column-month = bulan
column-mean = rata-rata
column-n = n
column-comment = komentar
column-rating = nilai

cli-inbox-answered = { $id } telah dibuat ({ $state }).
cli-inbox-done = Ditandai selesai.
cli-inbox-assigned = Diteruskan ke seksi { $section }.
cli-satisfaction-all = Indeks kepuasan: { $mean } dari 5 ({ $n } penilaian, { $asked } permintaan terkirim); targetnya { $target }.
cli-satisfaction-few = Baru { $n } penilaian ({ $asked } permintaan terkirim): belum cukup untuk indeks, yang memerlukan lima. Targetnya { $target }.
