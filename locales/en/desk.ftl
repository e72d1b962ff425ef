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
