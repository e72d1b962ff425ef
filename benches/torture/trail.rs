//! What became of one thing that a desk worked on: the steps that were asked for, and how many of them were acknowledged.

/// Steps in the order they were asked for. Whatever was acknowledged must hold; one step more was perhaps done.
#[derive(Debug, Clone)]
pub struct Trail<T> {
    steps: Vec<T>,
    /// So many of them were acknowledged.
    sure: usize,
}

impl<T> Default for Trail<T> {
    fn default() -> Self {
        Self {
            steps: Vec::new(),
            sure: 0,
        }
    }
}

impl<T: PartialEq + Clone> Trail<T> {
    /// A step is about to be asked for.
    pub fn ask(&mut self, step: T) {
        self.steps.push(step);
    }

    /// The answer came: what was asked for last is done.
    pub fn acknowledge(&mut self) {
        self.sure = self.steps.len();
    }

    /// The office said no: what was asked for last is not done.
    pub fn refuse(&mut self) {
        self.steps.pop();
    }

    /// What it is by the last acknowledged step; none before the first.
    pub fn known(&self) -> Option<&T> {
        self.sure.checked_sub(1).and_then(|at| self.steps.get(at))
    }

    /// Whether an answer is missing.
    pub fn is_open(&self) -> bool {
        self.steps.len() > self.sure
    }

    /// Whether it may be so at a look that was taken when the first `sure` steps were acknowledged; none is that it does not exist.
    pub fn allows_since(&self, sure: usize, found: Option<&T>) -> bool {
        match found {
            None => sure == 0,
            Some(found) => self.steps[sure.saturating_sub(1)..].contains(found),
        }
    }

    /// All that was asked for, in order.
    pub fn steps(&self) -> &[T] {
        &self.steps
    }

    /// How many steps were acknowledged.
    pub fn sure(&self) -> usize {
        self.sure
    }

    /// It was looked at: this is what it is.
    pub fn settle(&mut self, found: Option<&T>) {
        self.steps.clear();
        self.steps.extend(found.cloned());
        self.sure = self.steps.len();
    }
}
