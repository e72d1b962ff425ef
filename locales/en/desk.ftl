### Texts of the desk.

plain = { $text }
days = { $n ->
    [one] { $n } day
   *[other] { $n } days
}

## Keymap and theme files
file-line = { $file }, line { $line }
file-error = { $place }: { $what }
file-error-nearest = { $place }: { $what }. Did you mean `{ $nearest }`?
file-not-toml = not valid TOML: { $what }
file-not-a-string = a text in quotation marks is wanted here
file-unreadable = cannot be read: { $cause }
keymap-unknown = there is no keymap `{ $name }`
keymap-bad-table = there is no table [{ $name }]
keymap-not-a-table = `{ $name }` must be a table
keymap-key-twice = `{ $key }` is there twice, first in line { $line }
keymap-shadowed = `{ $key }` is never reached, because `{ $first }` is bound by itself
keymap-bad-key = `{ $key }` is no key
keymap-bad-sequence = `{ $key }` must be one key, or two with a space between them
keymap-types-text = `{ $key }` types text in [{ $table }] and cannot be a command there
keymap-bad-action = there is no action `{ $name }`
keymap-wrong-table = `{ $name }` has no meaning in [{ $table }]; it belongs in [{ $right }]
theme-unknown = there is no theme `{ $name }`
theme-bad-role = there is no role `{ $name }`
theme-bad-colour = there is no colour `{ $name }`
theme-bad-borders = there are no borders `{ $name }`
theme-bad-style = a look is a colour or {"{"} fg = …, bg = …, modifiers = […] {"}"}
theme-bad-key = a look has no `{ $name }`
theme-bad-modifier = there is no modifier `{ $name }`
theme-bad-modifiers = `modifiers` is a list, such as ["bold"]

## Where a key is pressed
context-global = Everywhere
context-list = In every list
context-home = Home
context-letters = Letters
context-sms = SMS
context-satker = Work units
context-audit = Audit trail
context-form = Form
context-text = Editing an SMS
context-line = Input line
context-confirm = Question
context-reader = Page to read

## Actions
action-help = Keys
action-palette = Find a command
action-cancel = Close or go back
action-redraw = Repaint the screen
action-suspend = Leave for a while (fg comes back)
action-quit = Leave the desk
action-home-screen = Home
action-sms-screen = SMS
action-satker-screen = Work units
action-audit-screen = Audit trail
action-module-1 = Module 1
action-module-2 = Module 2
action-module-3 = Module 3
action-module-4 = Module 4
action-module-5 = Module 5
action-module-6 = Module 6
action-module-7 = Module 7
action-module-8 = Module 8
action-module-9 = Module 9
action-next-tab = Tab to the right
action-previous-tab = Tab to the left
action-move-down = Down one row
action-move-up = Up one row
action-page-down = Down one page
action-page-up = Up one page
action-move-first = To the first row
action-move-last = To the last row
action-open = Open or close the details
action-detail-down = Scroll the details down
action-detail-up = Scroll the details up
action-mark = Mark the row
action-mark-all = Mark all rows
action-clear-marks = Take all marks away
action-find = Find text
action-next-filter = Next filter by state
action-previous-filter = Previous filter by state
action-sort = Change the order
action-reload = Reload
action-register-letter = Register a letter
action-complete-letter = Mark complete
action-return-letter = Return for repair
action-reject-letter = Reject the letter
action-void-letter = Void the letter (entered by mistake)
action-start-letter = Start the work
action-wait-letter = Wait for papers (clock stops)
action-resume-letter = Resume the work
action-hand-over-letter = Hand over the result
action-dispose-letter = Route to a section
action-letter-sms = SMS of this letter
action-confirm-sms = Confirm the SMS
action-edit-sms = Edit the text
action-reject-sms = Reject the SMS
action-undo-sms = Take the SMS back
action-resend-sms = Send again
action-settle-sms = Decide what became of it
action-draft-sms = Write a free SMS
action-satker-letters = Letters of this work unit
action-satker-sms = SMS of this work unit
action-load-demo = Load the demonstration office
action-accept = Take the choice, go on
action-next-field = Next field
action-previous-field = Previous field
action-next-choice = Next choice
action-previous-choice = Previous choice
action-save = Save
action-clear-form = Empty the form
action-undo-edit = Undo the change
action-answer-yes = Yes
action-answer-no = No

## Frame of the screen
screen-home = Home
screen-satker = Units
screen-audit = Audit
tab-all = All
simulation = SIMULATION
status-counts = wait { $waiting } queue { $queued } doubt { $uncertain } in { $unread }
status-counts-short = wt { $waiting } qu { $queued } db { $uncertain } in { $unread }
status-held = HELD by { $who } { $when }
connecting = Connecting to the server…
link-up = Connected to the server again
link-down = Connection lost, what you typed is safe. Trying again…
server-stopping = The server is stopping; this desk reconnects by itself
busy = Waiting for the server…
loading = Loading…
find-label = Find:
yes = Yes
no = No
user-none = no role
user-viewer = viewer
user-section = section
user-desk = desk
user-supervisor = supervisor
user-admin = admin
key-unbound = The key { $key } means nothing here
key-capital = The key { $key } means nothing here. Is Caps Lock on?
paste-nowhere = Nothing pasted: no field is open
modules-unreadable = The module files cannot be read: { $what }
modem-ready = ready
modem-starting = starting
modem-searching = searching
modem-unplugged = unplugged
modem-no-sim = no SIM
modem-pin-needed = PIN needed
modem-pin-wrong = PIN wrong
modem-denied = denied
modem-storage-full = SIM full
modem-hung = hung
modem-wrong-port = no modem
modem-stopped = stopped
modem-detail = Modem { $name }: { $detail }

## Time
late-days = LATE { $n } { $n ->
    [one] day
   *[other] days
}
late-hours = LATE { $n } { $n ->
    [one] hour
   *[other] hours
}
late-minutes = LATE { $n } min
ended-late = { $when } late
clock-stopped = clock stopped
since = since { $when }
target-was = target { $when }

## States
letter-received = Received
letter-dispositioned = Routed
letter-in-progress = In work
letter-waiting = Waiting
letter-completed = Completed
letter-handed-over = Handed over
letter-returned = Returned
letter-rejected = Rejected
letter-void = Void
sms-waiting = waiting
sms-queued = queued
sms-sending = sending
sms-sent = sent
sms-delivered = delivered
sms-undelivered = undelivered
sms-failed = failed
sms-uncertain = uncertain
sms-rejected = rejected
sms-withdrawn = withdrawn
sms-expired = expired
kind-received = receipt
kind-completed = completion
kind-returned = return
kind-reminder = reminder
kind-alert = alert
kind-reply = reply
kind-survey = survey
kind-broadcast = broadcast
kind-free = free
kind-internal = internal
role-kpa = KPA
role-ppk = PPK
role-ppspm = PPSPM
role-bendahara = Treasurer
role-bendahara-penerimaan = Revenue treas.
role-ppabp = PPABP
role-operator = Operator
urgency-biasa = Ordinary
urgency-segera = Urgent
urgency-sangat-segera = Very urgent
channel-loket = Counter
channel-sakti = SAKTI
channel-email = E-mail
channel-pos = Post
channel-sms = SMS
security-biasa = Ordinary
security-terbatas = Restricted
security-rahasia = Secret
outcome-sent = It was sent
outcome-failed = It failed

## Home
home-title = What needs a person now
home-today = Today: { $registered } letters in, { $ended } ended
home-nothing = Nothing is waiting. All letters are within their time.
home-overdue = LATE
home-due = TODAY
home-sms = SMS
home-modem = MODEM
home-hold = HELD
home-warning = NOTICE
home-more = and { $n } more { $n ->
    [one] letter
   *[other] letters
}
home-waiting = { $n } SMS { $n ->
    [one] waits
   *[other] wait
} for confirmation
home-trouble = { $n } SMS in trouble: uncertain, failed or undelivered
nothing-to-open = This row only tells you something
empty-title = This office is still empty.
empty-import = Import the list of satker from CSV or XLSX, then the budget if there is one, in another terminal:
empty-import-command = sipintar satker import satker-list.xlsx
empty-budget-command = sipintar budget import budget.csv
empty-where = README explains the columns. This screen fills by itself as soon as data is in.
empty-demo = Only want to try? Press { $key } to load a demonstration office with invented data.
demo-loading = Loading the demonstration office…
demo-loaded = Demonstration office loaded: { $satker } satker, { $letters } letters, { $sms } SMS

## Lists
head-agenda = Agenda
head-sender = Sender
head-subject = Subject
head-state = State
head-target = Target / ended
head-sms = SMS
head-time = Drafted
head-to = To
head-text = Text
head-code = Code
head-name = Name
head-region = Region
head-kpa = KPA
head-open = Open
head-seq = Number
head-when = Time
head-actor = Who
head-fact = What
head-about = About
filter-all = All letters
filter-open = Open
filter-overdue = Overdue
filter-due-today = Due today
filter-done = Ended
sort-newest = order: newest
sort-target = order: target
sort-satker = order: satker
rows = { $n } { $n ->
    [one] letter
   *[other] letters
}
satker-rows = { $n } satker
of-satker = satker { $code }
found-by = find "{ $text }"
marked = { $n } marked
marked-some = The first { $n } are marked; the rest after these are done
nothing-found = Nothing fits
no-letters = No letters yet
no-letters-in-filter = No letters with this filter
no-sms-in-tab = No SMS here
inactive = inactive
no-phone = no phone
detail-more = ▼ more
title-sms = SMS
title-history = History
title-letters = Latest letters
title-budget = Budget as of { $date }
title-audit = Audit trail: every change, newest first
audit-find-hint = find: letter, SMS or satker; @name for who did it
budget-row = ceiling { $pagu }  spent { $spent } ({ $percent }%)  left { $left }
received-by = { $when } by { $who }, { $channel }
number-of-date = { $number } of { $date }
revenue-treasurer = has a revenue treasurer
sms-tab-waiting = Waiting
sms-tab-queued = Queue
sms-tab-sent = Sent
sms-tab-trouble = Trouble
sms-tab-ended = Ended
sms-tab-all = All
sms-size = { $chars } characters, { $parts } SMS, { $encoding }
drafted-by = { $who } { $when }
needs-two = needs two people
needs-two-now = Needs two different people. So far: { $who }
differs-from-template = Differs from the template:
as-the-template = As the template

## Fields
field-service = Service
field-satker = Sender
field-number = Letter number
field-date = Letter date
field-subject = Subject
field-urgency = Urgency
field-channel = Channel
field-bringer = Brought by
field-bringer-phone = Their phone
field-attachments = Attachments
field-security = Classification
field-previous = Replaces letter
field-note = Note
field-reason = Reason
field-section = Section
field-outcome = What became
field-role = To
field-to = To
field-text = Text
field-state = State
field-received = Received
field-waits = Waits
field-fault = Fault
field-confirmation = Confirmation
field-drafted = Drafted
field-confirmed = Confirmed
field-sent = Sent
field-delivered = Delivered
field-template = Template
field-name = Name
field-ministry = Ministry
field-flags = Flags
field-email = E-mail
example-date = 24-11, +3, besok
example-month = 11-2026, Nov 2026
example-rupiah = 1.234.567 or 1,5jt
example-phone = 0812-…
not-chosen = (not chosen)
other-sender = other sender
offer-other = No satker: "{ $name }"
offer-none = No satker fits
problem-required = is required
problem-satker = choose a satker: code or part of the name
form-more = ▼ more fields
form-register = Register a letter
form-complete = Complete: { $which }
form-return = Return: { $which }
form-reject = Reject: { $which }
form-void = Void: { $which }
form-dispose = Route: { $which }
form-wait = Wait for papers: { $which }
form-reject-sms = Reject SMS: { $which }
form-settle-sms = Settle: { $which }
form-draft-sms = Write a free SMS
letters-count = { $n } { $n ->
    [one] letter
   *[other] letters
}
sms-count = { $n } SMS
register-title = Register: { $module }
preview-target = Target: { $when }
preview-no-target = Target: this service has no norm
preview-duplicate = ! Same as { $agenda }
preview-duplicate-seen = ! Same as { $agenda }: { $key } again
preview-receipt = A receipt will be drafted to { $name } ({ $phone }), { $parts } SMS
preview-no-receipt = No receipt SMS
preview-nobody = Nobody there has a phone to write to
preview-notice = SMS to { $name } ({ $phone })
preview-no-notice = No SMS for this step
preview-of-several = Sample of the first; each of { $n } letters gets its own text
form-incomplete = Not complete: see the field under the cursor
form-last-field = This is the last field; save with the key in the line below
form-cleared = The form is empty again
form-leave-again = Once more to throw away what was typed
form-stays-offline = Not connected: the form stays open so that nothing is lost
draft-kept = Kept as a draft; register again to go on
draft-restored = The last draft is open again; Empty starts anew
duplicate-again = Sender and number are those of { $agenda }. Save once more if it is another letter
save-offline = Not connected; what you typed stays here. Save again once connected
save-lost = The line was lost while saving. All is still here; save again, nothing is registered twice
letter-registered = { $agenda } registered
letter-registered-sms = { $agenda } registered. Receipt { $sms } waits for confirmation
letter-completed-done = { $agenda } completed. { $notice }
letter-returned-done = { $agenda } returned. { $notice }
letter-rejected-done = { $agenda } rejected. { $notice }
letter-void-done = { $agenda } void. { $notice }
notice-drafted = { $sms } waits for confirmation
notice-none = No SMS
letter-moved = { $agenda }: { $state }
letters-done = { $n } { $n ->
    [one] letter
   *[other] letters
} done
letters-partly = { $n } done; { $agenda } and perhaps others not, they stay marked
sms-confirmed = { $n } SMS confirmed; can be taken back for some seconds
sms-undone = { $n } SMS taken back
sms-resent = { $n } SMS queued again
sms-settled = { $n } SMS settled
sms-rejected-done = { $n } SMS rejected
sms-second-needed = { $n } SMS { $n ->
    [one] waits
   *[other] wait
} for a second person
sms-partly = { $n } SMS done, { $refused } not ({ $id })
sms-drafted = { $id } waits for confirmation
edit-saved = The text of { $id } is saved
edit-unchanged = The text has not changed
edit-leave-again = Once more to throw the change away
editor-title = Edit { $id }
editor-odd = not in GSM-7: { $chars }

## Questions
ask-quit = Leave SI PINTAR?
ask-quit-body = Server and modem go on working. What was not saved stays as a draft.
ask-demo = Load the demonstration office?
ask-demo-body = 500 invented satker with a year of letters and SMS will be loaded into this empty office. They cannot be taken out of the journal again; use another home folder for real work.
ask-confirm-sms = Send { $n ->
    [one] this SMS
   *[other] these { $n } SMS
}?
ask-resend-sms = Send { $n } SMS once more?
ask-resend-body = It may have arrived already: the addressee may get it twice.
ask-letters = { $what }: { $n } letters?
confirm-count = { $n } messages, { $parts } SMS charged in all
confirm-cost = Estimated cost { $cost }
confirm-duplicates = ! { $n } have the same text to the same phone as one in the last 7 days
confirm-second = { $n } still wait for a second person after this
confirm-first-by = { $n } confirmed by { $who } already
confirm-unicode = { $n } need UCS-2 (70 characters per SMS)
confirm-no-phone = ! { $n } to a phone that its satker no longer has: { $of }
confirm-budget = Budget of today: { $after } of { $limit } SMS used after this
confirm-over-budget = ! BEYOND the budget of today: { $after } of { $limit } SMS
and-more = … and { $n } more
help-title = Keys: { $place } ({ $keymap })
palette-title = Find a command

## Why not
role-may-look = your role may only look
not-connected = not connected to the server
no-such-tab = there is no such tab
no-marks-here = there are no marks on this screen
no-sort-here = the order of this screen is fixed
no-filter-here = there is no filter on this screen
no-find-here = there is no find on this screen
nothing-selected = nothing is selected
nothing-marked = nothing is marked
choose-module-first = choose the tab of a module first
no-services-here = this module registers no letters
import-first = no satker yet: import the list first (see Home)
not-my-section = belongs to section { $section }, not to yours
letter-state-wrong = it is: { $state }
one-service-only = mark letters of one service only
sms-state-wrong = it is: { $state }
demo-admin-only = admin only
demo-not-empty = this office already has data

## Short words of the hint line
hint-help = help
hint-open = details
hint-load-demo = demo office
hint-next-tab = tab
hint-palette = commands
hint-quit = quit
hint-register-letter = register
hint-complete-letter = complete
hint-return-letter = return
hint-reject-letter = reject
hint-void-letter = void
hint-start-letter = start
hint-wait-letter = wait
hint-resume-letter = resume
hint-hand-over-letter = hand over
hint-dispose-letter = route
hint-find = find
hint-next-filter = filter
hint-mark = mark
hint-mark-all = all
hint-confirm-sms = confirm
hint-edit-sms = edit
hint-reject-sms = reject
hint-undo-sms = take back
hint-resend-sms = resend
hint-settle-sms = settle
hint-draft-sms = write
hint-satker-letters = letters
hint-satker-sms = SMS
hint-detail-down = scroll
hint-reload = reload
hint-save = save
hint-next-field = next field
hint-next-choice = choose
hint-clear-form = empty
hint-cancel = close
hint-undo-edit = undo
hint-accept = take
hint-answer-yes = yes
hint-answer-no = no
hint-page-down = scroll
hint-move-down = down

# What a fact of the journal says, for Jejak.
fact-demo-loaded = demonstration loaded
fact-satker-saved = satker saved
fact-budget-saved = budget saved
fact-letter-registered = letter registered
fact-letter-moved = letter moved on
fact-letter-ended = letter ended
fact-sms-drafted = SMS drafted
fact-sms-edited = SMS edited
fact-sms-confirmed = SMS confirmed
fact-sms-undone = SMS taken back
fact-sms-dropped = SMS dropped
fact-sms-sending = SMS being sent
fact-sms-part-accepted = SMS part accepted
fact-sms-sent = SMS sent
fact-sms-deferred = SMS deferred
fact-sms-given-back = SMS given back
fact-sms-failed = SMS failed
fact-sms-uncertain = SMS uncertain
fact-sms-reported = SMS report
fact-sms-settled = SMS settled
fact-sms-resent = SMS resent
fact-inbox-received = SMS came in
fact-calendar-overridden = calendar changed
fact-draft-kept = draft kept
fact-draft-dropped = draft dropped
