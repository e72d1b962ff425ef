pub fn live(_speed: u32) {}
