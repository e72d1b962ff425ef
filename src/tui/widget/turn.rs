//! One question at a time: while an answer is outstanding, further wishes fold into one more question.

/// Whether a question is out, and whether another is wanted after it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Turn {
    asking: bool,
    again: bool,
}

impl Turn {
    /// True when the question may go out now; else it is remembered.
    pub const fn start(&mut self) -> bool {
        if self.asking {
            self.again = true;
            return false;
        }
        self.asking = true;
        true
    }

    /// Whether an answer is outstanding.
    pub const fn is_out(self) -> bool {
        self.asking
    }

    /// The answer has come. True when the question should go out once more.
    pub const fn done(&mut self) -> bool {
        self.asking = false;
        std::mem::replace(&mut self.again, false)
    }
}
