### Texts of the command line.

cli-calendar-closed = { $date }: the office is closed.
cli-calendar-opened = { $date }: the office is open.
cli-check-account = sipintar.toml, [users]: this machine has no account `{ $user }`. Its role waits until there is one.
cli-check-account-own = sipintar.toml, [users]: { $user } owns the home folder; who runs the server is always admin, whatever stands here.
cli-check-good = All files of the home folder are good.
cli-deadline-due = { $obligation }: due { $date }
cli-deadline-estimate = { $obligation }: estimated due date { $date }; the real one stands in a letter that has not been entered
cli-demo-loaded = Demonstration office loaded: { $satker } satker, { $letters } letters, { $deadlines } obligations, { $sms } messages. All of it is made up.
cli-import-counts = { $added } added, { $changed } changed, { $unchanged } unchanged, { $rejected } rejected
cli-import-dry-run = Only a trial: nothing was changed.
cli-import-errors = Rows that were not taken:
cli-import-notes = Rows that were taken, with remarks:
cli-import-unknown-columns = Unknown columns, not used: { $columns }
cli-letter-duplicate = Note: { $agenda } has the same sender and number as { $earlier }. If it is a duplicate: `sipintar letter void { $agenda } --reason duplicate`.
cli-letter-sms = Message { $id } waits for confirmation
cli-list-more = { $shown } of { $total } rows; --limit N shows more
cli-list-more-unknown = the first { $shown } rows; --limit N shows more
cli-satker-inactive = Inactive: gets no SMS.
cli-server-stopped = The server has stopped.
cli-sms-confirmed = { $n } confirmed
cli-sms-rejected-count = { $n } rejected
cli-sms-resent = { $n } to be sent again
cli-sms-withdrawn = { $n } messages withdrawn
cli-sms-held = All sending is held. Go on with: sipintar sms resume
cli-sms-resumed = Sending goes on
cli-sms-second-needed = { $n } wait for a second person
cli-sms-settled = { $n } settled
cli-sms-undone = { $n } taken back
cli-user-set = { $user } is now `{ $role }`{ $section ->
        [none] {""}
       *[other] {" "}of section { $section }
    }. It holds from the next request on.
cli-user-removed = { $user } has no role any more. It holds from the next request on.
cli-users-server = { $user } runs the server and is always admin.
cli-verify-whole = The journal is whole: { $n } facts, the chain ends with { $seq } { $hash }
cli-loss-accepted = The journal goes on after fact { $seq }; { $lost } facts are lost. Agenda numbers that were given out are not used again. Sending is held, because what waits may have left already: start the server, register again what is missing, look at the queue, then `sipintar sms resume`.
cli-backup-made = Backup made and checked: { $file } ({ $size } KiB), up to fact { $seq }. Keep a copy on another machine.
cli-backup-whole = The backup is whole: { $office }, { $seq } facts, the last of { $time }, made { $made }. The chain ends with { $seq } { $hash }
cli-restored = { $office } was restored to { $folder }: { $seq } of { $of } facts, the last of { $time }.
cli-restored-free = The agenda numbers { $first } to { $last } were given out later and are free again: they will be given out a second time.
cli-restored-until = Messages that left after that moment may be waiting again.
cli-restored-next = PIN and password files are not in a backup: put them in place, run `sipintar check`, then start the server. Sending is held at its first start: look at what waits, reject what has left already, then `sipintar sms resume`. The old office must not run any more.
cli-repair-list = What the repair of the journal on { $now } ({ $zone }) lost and left out. Register it again by this list; times are those of { $zone }.
cli-repair-lost =
    Lost: facts { $from }–{ $to } ({ $file }{ $line ->
        [0] {""}
       *[other] , line { $line }
    }), between { $before ->
        [none] the beginning
       *[other] { $before }
    } and { $later ->
        [none] the end
       *[other] { $later }
    }.
cli-repair-left = Left out: fact { $seq }, { $time }: { $what } ({ $fact }) { $about }
cli-repair-nothing = Nothing is lost: every fact is there, and what was too much was not taken along.
cli-repaired = { $saved } facts were saved to { $folder }; up to fact { $whole } the journal is as it was, byte for byte. { $left } facts do not stand without lost ones and were left out; repair.txt there lists them. Start the server in that folder and register again what is missing; sending is held there: look at what waits, reject what has left already, then `sipintar sms resume`; the damaged home was not changed.
cli-verify-against = The journal is whole and agrees in { $n } known facts; the chain ends with { $seq } { $hash }
column-backup = last backup
column-check = last check

## Names of columns
column-about = about
column-action = action
column-actor = by
column-agenda = agenda
column-answered = answered
column-as-of = as of
column-blocked = blocked
column-clients = clients
column-clock = clock
column-code = code
column-column = column
column-committed = committed
column-completed = completed
column-date = date
column-delivered = delivered
column-description = description
column-disk = free disk
column-does = does
column-empty = {""}
column-error = error
column-events = events
column-expense = type
column-failed = failed
column-fact = fact
column-from = from
column-home = home
column-id = id
column-imei = imei
column-keys = keys
column-kind = kind
column-kpa = KPA
column-left = left
column-letters = letters
column-manufacturer = manufacturer
column-model = model
column-modem = modem
column-name = name
column-note = note
column-number = number
column-obligations = obligations
column-open = open
column-operator = operator
column-pagu = budget
column-parts = parts
column-percent = percent
column-phone = phone
column-pid = process
column-place = place
column-port = port
column-reason = reason
column-received = received
column-region = region
column-reminder = reminder
column-role = role
column-row = row
column-satker = satker
column-section = section
column-sender = sender
column-sent = sent
column-seq = no
column-service = service
column-services = services
column-signal = signal
column-sim = SIM
column-sms = SMS
column-spent = spent
column-started = started
column-state = state
column-subject = subject
column-target = target
column-text = text
column-time = time
column-to = to
column-undelivered = undelivered
column-user = user
column-version = version
column-waits = waits
column-year = year
cli-deadline-reminded = Reminder drafted: { $sms }. Confirm it to have it sent.
cli-deadline-moved = The date is noted; { $count } open deadlines moved.
cli-event-known = This event was recorded before with the same date and particulars.
cli-event-met = Fulfilled by it: { $ids }
cli-event-nothing = Recorded. No obligation follows from it.
cli-holidays-changed = { $changes } differences; { $moved } open deadlines moved.
cli-holidays-differ = { $changes } differences.
cli-holidays-ask = Apply this? [y/N]
cli-holidays-left = Nothing was changed.
cli-holidays-gap = Note: there is no holiday at all in { $year }.
column-due = due
column-item = entry
column-letter = letter
column-met = met
column-obligation = obligation
column-period = period
column-source = source
deadline-step-opened = came into being
deadline-step-met = met on { $date }
deadline-step-exempted = exempt: { $reason }
deadline-step-reopened = owed again: { $reason }
deadline-step-moved = { $from } became { $to }: { $reason }
column-evidence = evidence
column-milestone = milestone
column-stage = stage
cli-satker-kind = Kind of participant: { $kind }.
cli-programme = { $name }, began { $started }, present stage: { $stage }
cli-programme-finished = all stages done
cli-import-alerts = Alerts drafted: { $count }. Confirm them before they are sent.
cli-import-alerts-would = Alerts that would be drafted: { $count }.
column-module = module
column-month = month
column-mean = mean
column-n = n
column-comment = comment
column-rating = rating

cli-inbox-answered = { $id } is drafted ({ $state }).
cli-inbox-done = Laid aside.
cli-inbox-assigned = Given to section { $section }.
cli-satisfaction-all = Satisfaction index: { $mean } of 5 ({ $n } ratings, { $asked } requests sent); the target is { $target }.
cli-satisfaction-few = { $n } ratings so far ({ $asked } requests sent): too few for an index, which needs five. The target is { $target }.
