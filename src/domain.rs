//! The words and rules of the office: plain types, no I/O, and today's date is always an argument.
//!
//! What a module, a service or an obligation *is* stands in `modules/*.toml`; the code here only knows how to read and apply such data,
//! because the rules of the treasury change by letter every year.

pub mod access;
pub mod calendar;
pub mod csv;
pub mod deadline;
pub mod fact;
pub mod gsm_text;
pub mod id;
pub mod inbox;
pub mod keyword;
pub mod lang;
pub mod letter;
pub mod module;
pub mod money;
pub mod parts;
pub mod period;
pub mod phone;
pub mod refusal;
pub mod request_key;
pub mod rule;
pub mod satker;
pub mod service_clock;
pub mod sms;
pub mod template;
pub mod typed;
pub mod when;
