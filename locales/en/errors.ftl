### Texts of the refusals and errors that a server or a file gives.

error-account-bad = `{ $user }` is not the name of an account. Nothing was changed.
error-account-own = { $user } runs the server and is always admin. Nothing was changed.
error-account-reserved = The server itself is called `{ $user }` in the audit trail; no account may be. Nothing was changed.
error-account-root = { $user } gets no role: several persons may use it, so that the audit trail would not say who. Nothing was changed. Who administers the machine uses the account of the server, which is always admin: `sudo -u sipintar sipintar …`; for everyday work give a role to the account of the person.
error-account-unknown = This machine has no account `{ $user }`. Nothing was changed. Check the spelling (`getent passwd { $user }`), or add --force to give a role to an account that comes later.
error-agenda-unknown = There is no letter with agenda number { $agenda }. `sipintar letter list` shows the numbers.
error-already-running = A server is running already (process { $pid }). No second one was started; the data are safe. End the first with `sipintar stop`.
error-bad-date = The date `{ $text }` cannot be read: { $reason }.
error-date-outside = The date { $date } is outside the years 1900–2999. Nothing was changed; check the year.
error-bad-id = `{ $text }` is not a number of this kind. Examples: AGD-00123/2026, S-000012, K-000012, satker 411201.
error-bad-number = `{ $text }` is not a number. Type for example 1234567 or 1.234.567.
error-bad-period = `{ $text }` is not a period. Examples: 2026-11, 2026-Q4, 2026.
error-bad-phone = The phone number `{ $text }` cannot be used: { $reason }.
error-bad-state = The state `{ $state }` cannot be used here. Nothing was changed.
error-busy = The server is busy; this request was not carried out. Try again in a moment.
error-cell-too-long = The cell is longer than { $max } characters. This row was not taken; shorten it and import again.
error-clock-bad = The time `{ $text }` cannot be read. Examples: 2026-11-24, 2026-11-24T09:30:00+07:00.
error-connection-lost = The connection to the server was lost. Whatever the server has answered is safe on disk; the last request may or may not have been carried out: look before you repeat it.
error-date-future = The letter’s date { $date } has not come yet: it cannot lie after today. Check the date.
error-deadline-rule = { $cause }.
error-key-reused = Something else was done under this key already, or somebody else did it. Nothing was done now. Look whether what you want is there; to do it once more, use a new key.
error-list-too-long = The list is too long; at most { $max }. Nothing was changed.
error-opted-out = { $phone } asked for no more notices (BERHENTI): none is sent there. Answers and free messages are.
cause-opted-out = this number asked for no more notices
error-demo-fictitious = { $phone } is a made-up number of the demonstration office. Only the simulated modem takes it; nothing was sent.
error-demo-interrupted = The demonstration office stopped loading half way, because a letter or message was entered meanwhile. What people entered is safe. Use --home OTHER-FOLDER for a whole demonstration office.
error-disk-low = Only { $free } MiB of disk space are left. What is there is safe, but new records may be refused: free some space.
error-duplicate = Letter number { $number } of the same sender is registered already as { $agenda }. Nothing was registered.
error-field-bad = Field { $field }: { $reason }.
error-field-missing = The field { $field } must be filled in.
error-field-unknown =
    There is no field `{ $name }` here; there are: { $known }.{ $nearest ->
        [none] {""}
       *[other] {" "}Did you mean `{ $nearest }`?
    }
error-file-bad =
    { $file }{ $line ->
        [none] {""}
       *[other] , line { $line }
    }: { $cause }.
error-forbidden = Your role (`{ $role }`) may not do this; it needs `{ $needs }`. Nothing was changed. The administrator gives roles with `sipintar users`, or in sipintar.toml, section [users].
error-forbidden-section = This letter belongs to section { $section }; you may not change it. Nothing was changed.
error-inbox-no-phone = { $from } is no mobile number, so it cannot be answered by SMS. The message is kept; lay it aside when it is dealt with.
error-inbox-settled = Nothing waits in the conversation of { $id }. Nothing was changed.
error-inbox-unknown = There is no incoming message { $id }. Look with `sipintar inbox list`.
error-internal = Something unexpected went wrong: { $cause }. What was recorded is safe; see the folder log/ and report it.
error-journal-failed = The journal cannot be read or written: { $cause }. The server stops recording so that nothing is lost; check the disk, then run `sipintar verify`.
error-journal-busy = Another server is writing this journal, although its lock file is gone. No second one was started; the data are safe. End the first with `sipintar stop`.
error-journal-damaged =
    The journal is damaged: { $file }{ $line ->
        [none] {""}
       *[other] , line { $line }
    }: { $fault ->
        [not-entry] not an entry ({ $cause })
        [too-long] the line is too long
        [no-end] the line is cut off
        [number] the numbers do not follow on each other ({ $cause })
        [chain] the line before this one is not the one it was written after; something was changed, is missing, or comes from another journal
        [group-cut] a command is cut off in the middle
        [unpack] cannot be unpacked ({ $cause })
        [not-as-listed] it does not hold what the manifest says
       *[other] not a regular file
    }. Nothing was changed or removed; no server starts with this journal. Restore the newest backup with `sipintar restore`, or see what can be saved with `sipintar repair NEW-FOLDER`.
error-journal-missing =
    The journal is not whole: { $file } is missing (facts { $first }{ $last ->
        [none] {" "}and on
       *[other] –{ $last }
    }). The server was not started; nothing was changed. See whether its disk is mounted, put the file back, or restore a backup with `sipintar restore`; without one, `sipintar repair NEW-FOLDER` saves what is left.
error-journal-doubled = There are two versions of one part of the journal: { $file } and { $other }, and neither goes on where the other ends. The server was not started; nothing was changed. Move the wrong one out of the folder journal/, then run `sipintar verify`.
error-journal-short = The journal ends with fact { $seq }, but fact { $known } was written once. The server was not started, so that no number is given out twice; nothing was changed. See whether the journal's disk is mounted and no old copy, or restore a backup with `sipintar restore`. If it is really lost: `sipintar accept-loss { $seq }` goes on without it.
error-journal-foreign = { $file }, line { $line }: fact { $seq } is not the one that was written here; this is another office's journal, or a changed one. The server was not started; nothing was changed. Put the right journal back or restore a backup with `sipintar restore`. If this journal is the right one: `sipintar accept-loss { $last }` goes on with it.
error-journal-other = This is not the journal of this office: { $file } begins otherwise than { $anchor } and { $store } know it. The server was not started; nothing was changed. Put the right journal folder back, or restore a backup with `sipintar restore`. If this journal is the right one, move { $anchor } and { $store } out of the home folder and start again; both are made anew from the journal.
error-anchor-foreign = { $file } belongs to the journal of another office and knows nothing of the one here. The server was not started; nothing is lost and nothing was changed. Put the right file back; if there is none, move this one out of the home folder and start again: it is made anew.
error-journal-set-aside = An old copy { $file } in the journal's folder is not the right one; it is called { $now } now. Nothing is lost.
error-journal-torn = The end of the journal was cut off by a power failure ({ $bytes } bytes, now in { $now }). Nothing that was answered is lost.
error-journal-manifest-made = The journal's manifest was missing or damaged; the whole journal was read, is whole, and the manifest was made anew.
error-journal-manifest-unwritten = The journal's manifest cannot be written ({ $cause }). The journal itself is safe; check the space on the disk.
error-fact-too-long = This request is too large for one entry of the journal ({ $bytes } of at most { $max } bytes). Nothing was changed; split it.
error-loss-none = The journal ends with fact { $seq }, and nothing is known to be missing. Nothing was changed.
error-loss-other = The journal ends with fact { $seq }, not { $typed }. Nothing was changed; type the number that the refused start names.
error-backup-exists = There is a file { $file } already; no backup is written over another. Nothing was changed; choose another name.
error-backup-no-room = There is no room for a backup in { $folder }: { $free } MiB are free, { $needed } MiB are needed. The office goes on; make room, or choose another folder in the settings, section [backup].
error-backup-failed = The backup { $file } cannot be written: { $cause }. The office goes on, and earlier backups are untouched. Check the disk and its permissions.
error-backup-name = { $file }: a backup that the server writes has a whole path and ends in .tar. Nothing was written.
error-backup-place = No backup was written to { $folder }: { $own } is for the server's own files alone. Nothing was changed; choose another folder, best on another disk.
error-backup-old =
    { $last ->
        [none] There is no backup at all
       *[other] The newest backup is of { $last }
    }, and there are facts since. The data are safe as long as this disk is. `sipintar backup` makes one now; the log says why the daily one was not made.
error-backup-folder =
    There is no backup, because of its folder { $folder }: { $what ->
        [absent] it is not there; its disk is probably not mounted
        [marker] the file { $cause }, by which the right disk is known, is not in it
       *[other] { $cause }
    }. The office goes on. Mount the disk, or correct [backup] in sipintar.toml.
error-backup-missed =
    The backup of the day fails since { $since }; { $last ->
        [none] there is none yet
       *[other] the last one is of { $last }
    }. It is tried again every ten minutes; `sipintar backup` makes one as soon as the cause is removed.
error-backup-left-out = { $file } is not in the backup: it is larger than 1 MiB, or its name is too long or has a backslash or control characters. Keep it elsewhere.
error-backup-bad =
    This is no whole backup{ $member ->
        [none] {""}
       *[other] {" "}({ $member })
    }: { $what ->
        [tar] it is no `tar` file, or it is cut off ({ $cause })
        [cut] it is cut off
        [kind] it holds something other than a file, such as a link or a device
        [name] it holds a file that no backup has
        [twice] it holds a file twice
        [order] the parts of the journal do not follow on each other
        [size] a file in it is too large
        [after-end] something stands behind its end
        [missing] a file is missing
        [unlisted] it holds a file that its manifest does not know
        [digest] a file is not what was written
        [many] it holds more files than any backup has (at most 1,000 files of settings and 10,000 parts of the journal)
        [form] it was made by another version of the program
       *[other] its manifest does not say what it holds
    }. Nothing was restored; take another backup.
error-backup-damaged =
    This backup is damaged: { $file }{ $line ->
        [none] {""}
       *[other] , line { $line }
    }: { $fault ->
        [not-entry] not an entry ({ $cause })
        [too-long] the line is too long
        [no-end] the line is cut off
        [number] the numbers do not follow on each other ({ $cause })
        [chain] the line before this one is not the one it was written after
        [group-cut] a command is cut off in the middle
       *[other] cannot be unpacked ({ $cause })
    }. Nothing was restored; take another backup.
error-check-failed =
    The nightly check found damage in the journal{ $file ->
        [none] {""}
       *[other] {" "}({ $file }{ $line ->
            [none] {""}
           *[other] , line { $line }
        })
    }. Work goes on and is kept, but the server will not start again like this. Run `sipintar verify` for the whole finding, keep the last good backup, then restore it or use `sipintar repair NEW-FOLDER`.
error-home-not-empty = The folder { $folder } is not empty ({ $found }). Nothing was changed; name an empty one, or one that is not there yet.
error-home-unfinished = A restore or repair into this folder was interrupted: { $folder } is still there. The server was not started, so that it does not begin as a new office; nothing was changed. Do `sipintar restore` (or `repair`) again into an empty folder; what was interrupted may be removed.
error-restore-failed = { $file } cannot be written: { $cause }. Nothing was restored; check the disk and its space.
error-until-too-early = The journal in this backup begins only after that; its last fact is { $of }. Nothing was restored.
error-until-bad = "{ $text }" is neither the number of a fact nor a time such as 2026-11-24T09:30. Nothing was restored.
error-journal-none = There is no journal in { $folder }. Nothing was written; see whether --home names the right folder and its disk is mounted.
error-journal-closed = Only the account that runs the server may read the journal ({ $file } is closed to yours). Nothing was changed; use that account, for example `sudo -u sipintar sipintar verify`.
error-history-rewritten =
    The history was rewritten: { $file }, line { $line }: fact { $seq } is another than the one that is known{ $same ->
        [0] {""}
       *[other] ; up to fact { $same } they are the same
    }. Nothing was changed. Stop the server, keep both for the inquiry, and restore the backup.
error-history-repaired =
    This journal was repaired by `sipintar repair`, on { $at } by { $by }: facts { $from }–{ $to } are lost{ $count ->
        [1] {""}
       *[other] , and there are { $count } gaps in all
    }. Up to fact { $same } it is the same as this file; from fact { $seq } on ({ $file }, line { $line }) numbers and hashes are others because of that repair and cannot be compared. Nothing was changed. What is lost and was left out stands in repair.txt; from now on compare with a backup made after it. If nobody ever ran that repair, take this history for a rewritten one and keep both for the inquiry.
error-against-nothing = { $file } names no fact of a journal. Nothing was compared; give a backup, a copy of journal/manifest or journal.anchor, or a line with number and hash as `sipintar verify` prints it.
error-repair-none = The journal is not damaged as far as it can be read; there is nothing to repair. Nothing was written.
error-repair-failed = { $file } cannot be written: { $cause }. Nothing was saved; the damaged journal is untouched. Check the disk and its space.
error-clock-behind = The server's clock says { $now }, before the last fact ({ $last }). The data are safe, but deadlines and sending times may be wrong; check the clock of this machine.
error-letter-state = Letter { $agenda } is { $state } and cannot become { $to }. Nothing was changed.
error-line-bad = The server does not understand this request: { $cause }. Nothing was changed.
error-line-too-long = The request is too large for the server. Nothing was changed; split the file.
error-modem-trouble = Modem: { $cause }.
error-modem-unknown = There is no modem called `{ $name }`. `sipintar modem list` shows the names.
error-module-unknown =
    There is no module `{ $name }`.{ $nearest ->
        [none] {""}
       *[other] {" "}Did you mean `{ $nearest }`?
    }
error-no-home = The home folder is not known: HOME is not set. Name it with --home FOLDER.
error-no-modem = No modem is ready. The messages wait safely and leave by themselves once one is.
error-no-phone =
    { $satker ->
        [none] There is no satker to reach
       *[other] Satker { $satker } has no phone number for { $role }
    }; no message was drafted.
error-no-terminal = The desk needs a terminal. Scripts use the commands; see `sipintar --help`.
error-no-text = This service has no text for this step; no message was drafted.
error-not-empty = This office holds data already; the demonstration office needs an empty one. Nothing was changed. Use --home OTHER-FOLDER.
error-previous-unknown = The earlier letter `{ $agenda }` was not found.
error-protocol = The server's answer makes no sense. It may be of another version: run `sipintar stop`, then try again. The data are safe.
error-range = { $name } must lie between { $min } and { $max }.
error-reason-missing = Give a reason.
error-row-duplicate = Code { $code } stands in an earlier row of this file; this row was not taken.
error-same-person = { $user } gave the first confirmation; the second must come from someone else.
error-satker-inactive = Satker { $satker } is inactive and gets no SMS.
error-satker-missing = Choose a satker, or name another sender.
error-satker-unknown = There is no satker with code { $code }. Look with `sipintar satker list --find NAME`.
error-section-missing = The role `section` needs the name of the section: --section NAME.
error-section-needless = Only the role `section` has a section. Nothing was changed.
error-section-unknown =
    There is no section { $section }. There are: { $known }.{ $nearest ->
        [none] {""}
       *[other] {" "}Did you mean `{ $nearest }`?
    }
error-server-newer = The server (version { $server }) is newer than this program ({ $client }). Use the new program. The data are safe.
error-server-older = The server is still version { $server }, this program is { $client }. Run `sipintar stop` and try again: a new server starts. The data are safe.
error-server-start = The server could not be started: { $cause }. The data are safe. See { $file }, or run `sipintar serve` to watch it.
error-service-unknown =
    Module { $module } has no service `{ $name }`.{ $nearest ->
        [none] {""}
       *[other] {" "}Did you mean `{ $nearest }`?
    }
error-settings-bad =
    { $file }{ $line ->
        [none] {""}
       *[other] , line { $line }
    }:{ $key ->
        [none] {""}
       *[other] {" "}`{ $key }`:
    } { $cause }.{ $nearest ->
        [none] {""}
       *[other] {" "}Did you mean `{ $nearest }`?
    }
error-sheet-bad = { $file } cannot be read as a table: { $cause }. Nothing was imported. Open it in Excel or LibreOffice and save it again as XLSX or CSV.
error-sheet-cells = { $file } has more than { $max } cells. Nothing was imported; remove columns that are not needed, or split it into several files.
error-sheet-columns = { $file } has more than { $max } columns. Nothing was imported; remove those that are not needed.
error-sheet-empty = { $file } is empty: neither a header nor rows. Nothing was imported.
error-sheet-heavy = { $file } takes more than { $max } MiB of memory or { $seconds } seconds to read, as no table does. Nothing was imported. Copy the table into a new workbook, save that as XLSX or CSV and import it.
error-sheet-kind = { $file } is no table but a file of kind { $kind }. Nothing was imported. Save the table as XLSX or CSV.
error-sheet-missing-column =
    The header has no column `{ $column }`.{ $nearest ->
        [none] {""}
       *[other] {" "}Did you mean `{ $nearest }`?
    } Nothing was imported.
error-sheet-quote = { $file }: the quotation mark opened in row { $row } is never closed. Nothing was imported.
error-sheet-rows = { $file } has more than { $max } rows. Nothing was imported; split it into several files.
error-sheet-size = { $file } is larger than { $max } MiB. Nothing was imported; split it into several files.
error-flood = { $n } SMS since { $since } wait for a person{ $cost ->
    [none] {""}
   *[other] , worth { $cost }
}: more than may be answered by itself in an hour. Nothing is lost: answer them, give them to a section or lay them aside among the conversations (sipintar inbox). Automatic answers go on by themselves an hour after the flood at the latest; at once, when answers_per_hour or registrations_per_hour in [inbox] is raised and the server restarted.
error-sheet-unpacks = { $file } grows to more than { $max } MiB when it is unpacked, as no table does. Nothing was imported. Copy the table into a new workbook, save that as XLSX or CSV and import it.
error-simulated-modem = SIMULATION: the built-in modem is in use, no SMS really leaves.
error-sms-state = Message { $id } is { $state }; this step does not apply to it. Nothing was changed.
error-sms-unknown = There is no message { $id }.
error-stop-slow = The server has not stopped after 30 seconds. The data are safe; see the folder log/.
error-stopping = The server is stopping; this request was not carried out. What was recorded is safe. Try again.
error-store-rebuilt = The fast store was rebuilt from the journal ({ $cause }); nothing was lost.
error-text-empty = The text must not be empty.
error-text-too-long = The text is too long; at most { $max } characters.
error-text-unfilled = The text of the message cannot be filled in: { $cause }.
error-to-missing = Name a phone number or a satker to send to.
error-too-many = Too many at once; at most { $max }.
error-unreachable = No server answers for { $home } ({ $cause }). The data are safe. Run `sipintar serve`, or open the desk with `sipintar`.
error-user-in-file = { $user } stands in sipintar.toml, section [users], which goes first. Nothing was changed; change it there and restart the server.
error-user-known = { $user } has a role already: `{ $role }`. Nothing was changed. `sipintar users set` gives another one.
error-user-section-unknown =
    sipintar.toml, [users]: { $user } is of section { $section }, which does not exist, and may touch nothing. Correct the file and restart the server. There are: { $known }.{ $nearest ->
        [none] {""}
       *[other] {" "}Did you mean `{ $nearest }`?
    }
error-user-unknown =
    { $user } has no role that could be changed or taken back. `sipintar users list` shows who has one.{ $nearest ->
        [none] {""}
       *[other] {" "}Did you mean `{ $nearest }`?
    }
error-waits-modem = Waits for a modem that is ready.
error-waits-retry = Is tried again at { $until }.
error-waits-throttle = Enough has been sent for now; goes on at { $until }.
error-waits-undo = Can be taken back until { $until }.
error-waits-window = Waits for the sending hours, from { $opens }.
error-held = All sending is held by { $by } since { $since }: { $reason }
error-already-held = Sending is held already, by { $by }.
error-not-held = Sending is not held.
error-over-budget = The budget of today, { $limit } SMS, would be passed: { $used } used, { $more } more. Nothing was changed; confirm with an explicit yes, or tomorrow.
error-broadcast-had = Nothing was sent: this announcement went to, or waits for, all of its { $n } phones. To repeat it within seven days on purpose, change its text.
error-broadcast-nobody = Nobody would get it: widen region, module or list of codes.
error-placeholder-unknown = An announcement has no placeholder { "{" }{ $name }{ "}" }. Did you mean { "{" }{ $nearest }{ "}" }?
error-sms-changed = Message { $id } was changed after you saw it; it stays where it was. Look again and decide.
error-module-bad = A module file cannot be used ({ $count } problems). The first: { $reason }. The server was not started; the data is safe. Mend it and try `sipintar check`.
error-ussd-code = `{ $code }` is no USSD code. Example: *888#.
error-cell-empty = The cell must be filled in. This row was not taken.
error-bad-satker-code = `{ $text }` is no satker code (six digits). This row was not taken.
error-budget-older = What is stored is newer (as of { $date }). This row was not taken.
error-phone-repaired = Phone `{ $text }` was read as { $phone }.
error-phone-missing = { $name } has no phone and cannot get SMS.
error-bad-choice = `{ $text }` is unknown. Choices: { $known }.
error-date-far = { $date } is more than a year away. Nothing was recorded. If it is meant, repeat with --sure (on the screen: save once more).
error-met-future = { $date } has not come yet; what has not happened cannot be noted as met.
error-date-not-by-letter = The date of { $obligation } is not given by letter; it follows from the rule.
error-deadline-no-date = { $reason }.
error-deadline-state = Deadline { $id } is { $state }; this step does not apply to it. Nothing was changed.
error-deadline-unknown = There is no deadline { $id }.
error-event-unknown = There is no event `{ $name }`.{ $nearest ->
       [none] {""}
       *[other] {" "}Did you mean `{ $nearest }`?
    }
error-holidays-none = The file holds no holiday at all. Nothing was changed.
error-item-unknown = There is no entry `{ $name }` in this letter. Known: { $known }.
error-obligation-unknown = There is no obligation `{ $name }`.{ $nearest ->
       [none] {""}
       *[other] {" "}Did you mean `{ $nearest }`?
    }
error-reminded-today = Everybody who is reminded of { $id } was written to today. Nothing more was drafted.
cause-deadline-met = the obligation was met
cause-deadline-exempt = the obligation need not be met
cause-deadline-moved = the due date changed
cause-satker-inactive = the satker is inactive
cause-holidays = the list of holidays changed
cause-calendar-changed = the list of holidays or the rule changed
cause-letter = the date of a letter
cause-too-late = too late to be of use
error-satker-kind = { $satker } is a { $kind }, but the module { $module } is for a { $wanted }. Nothing was recorded. Check the code.
error-no-stages = Participants of kind { $kind } take part in no programme with stages.
error-start-year-missing = The year in which the programme began is not known, so its milestones are not counted yet. Fill the column `tahun_mulai` and import again.
error-stage-kept = { $code } stays in its present stage. Move it with `sipintar satker stage { $code } --to STAGE --reason WHY`.
error-stage-present = This participant is in that stage already. Nothing was changed.
error-stage-finished = All stages are behind it already. Nothing was changed.
error-milestones-missing = Not reached yet: { $missing }. The stage was not changed. Register the evidence, or give the reason with `--reason`.
error-milestone-unknown = There is no milestone `{ $text }`. Choices: { $known }.
cause-kind-changed = the kind of participant changed
cause-no-revenue-treasurer = the satker has no revenue treasurer any more
cause-satker-active = the satker is active again
cause-event-again = the event was recorded again
cause-date-taken-back = the date of the letter was taken back
cause-date-given = the letter gives a date again
cause-programme-ended = all stages are behind it
cause-stage-left = the stage was left
cause-budget-newer = there are newer budget figures
error-home-not-ours = The home folder { $home } belongs to the account `{ $owner }`; you are `{ $account }`. Only its own account may run its server: no server was started and nothing was changed. Use `systemctl start sipintar` where it is a service, otherwise `sudo -u { $owner } sipintar serve`.
error-not-ours = { $path } belongs to the account `{ $owner }`, not to `{ $account }`, which runs the server: its owner could change it at any time. No server was started and nothing was changed. Look at it, then give it back with `chown { $account } { $path }`.
error-open-to-others = Other accounts may write to { $path } (mode { $mode }), so nobody can tell whether what is in it is the office’s. No server was started and nothing was changed. Look at what is in it; if it is right, close it with `chmod -R go-w { $path }` and start again.
error-is-a-link = { $path } is a link; nothing of the office is kept behind a link. No server was started and nothing was changed. Put the file or folder itself in its place. The whole home folder may be a link.
error-not-a-file =
    { $path } is no { $wanted ->
        [folder] folder
       *[file] regular file
    }; the server opens nothing else there. No server was started and nothing was changed. Move it out of the home folder, or put the right { $wanted ->
        [folder] folder
       *[file] file
    } in its place.
error-secret-open = { $path } holds a secret and others may read it (mode { $mode }); it belongs to `{ $owner }`, so that the server cannot close it. No server was started and nothing was changed. Run `chown { $account } { $path }` and `chmod 0600 { $path }`, and consider a new secret.
error-closed-to-others =
    { $path } was open to other accounts (mode { $mode }) and has been closed (now { $now }){ $more ->
        [none] {""}
       *[other] , and { $more } more like it
    }. What is in it is as it was; if it held a secret, consider a new one.
error-above-open = Other accounts may write to the folder { $path } (mode { $mode }) above the home folder and could move the office away. The data are safe. Close it with `chmod go-w { $path }`.
error-account-unread = The system cannot say now which account you are: { $cause }. Nothing was changed. Try again in a moment; if it goes on, tell the administrator.
error-server-away = The SI PINTAR server is not running. Nothing that was saved is lost. Tell the administrator; the desk connects by itself as soon as it runs again.
error-modem-none = No modem answers at { $port }: { $cause }. Nothing was changed; check the port, or try another port of the same modem.
error-modem-slow = The modem at { $port } did not finish answering: { $cause }. Nothing was changed; unplug it, plug it in again and try once more.

## A detail without anything in it
value-empty = (empty)
