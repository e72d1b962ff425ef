//! What a phone asks for: the keyword grammar of incoming SMS, read into a typed request.
//!
//! Who may ask, and what the answer is, is decided elsewhere; here is only what was meant. The keywords of modules are data
//! (`keyword` in `modules/*.toml`); those of the office itself stand in [`RESERVED`].

mod arguments;
mod words;

use chrono::NaiveDate;

use super::id::{AgendaNo, SatkerCode};
use super::module::answer::AnswerKind;
use super::module::{Module, Modules};
use super::money::Rupiah;
use super::satker::satker_kind;
use words::Tokens;

/// Longest text that is looked at, in characters; ten parts of a concatenated SMS.
const TEXT_MAX: usize = 1_600;

/// Keywords of the office itself, and the main spelling of each. No module may take one of them.
pub const RESERVED: [(&str, &str); 17] = [
    ("STATUS", "STATUS"),
    ("CEK", "STATUS"),
    ("JADWAL", "JADWAL"),
    ("AGENDA", "JADWAL"),
    ("KEWAJIBAN", "JADWAL"),
    ("NILAI", "NILAI"),
    ("RATING", "NILAI"),
    ("SARAN", "SARAN"),
    ("ADUAN", "ADUAN"),
    ("PENGADUAN", "ADUAN"),
    ("BANTUAN", "BANTUAN"),
    ("INFO", "BANTUAN"),
    ("MENU", "BANTUAN"),
    ("HELP", "BANTUAN"),
    ("BERHENTI", "BERHENTI"),
    ("STOP", "BERHENTI"),
    ("MULAI", "MULAI"),
];

/// `START` is only understood whole: as a word of seven languages it must not be suggested.
const START: &str = "START";

/// Longest keyword of a module: as long as `{kunci}` may be.
pub const KEYWORD_MAX: usize = 10;

/// Whether a keyword is the office's own, whatever its case.
pub fn is_the_offices(word: &str) -> bool {
    word.eq_ignore_ascii_case(START)
        || RESERVED
            .iter()
            .any(|(known, _)| known.eq_ignore_ascii_case(word))
}

/// Whether a word begins or makes ordinary messages: thanks, greetings.
pub fn is_everyday(word: &str) -> bool {
    words::is_greeting(word) || words::is_courtesy(&Tokens::of(word))
}

/// What a keyword of a module asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Subject {
    /// Budget and realisation.
    Budget,
    /// The treasurer's monthly report.
    Lpj,
    /// Contracts and suppliers.
    Contracts,
    /// Salary of the coming month.
    Payroll,
    /// Returned payments.
    Returns,
    /// Reconciliation.
    Reconciliation,
    /// The revolving advance.
    Up,
    /// The extra advance.
    Tup,
    /// Statements that a salary stops.
    Skpp,
    /// Any other module: what its file says that the keyword answers.
    Module(AnswerKind),
}

/// The keywords in force.
#[derive(Debug, Clone)]
pub struct Vocabulary {
    words: Vec<Word>,
}

#[derive(Debug, Clone)]
struct Word {
    spelling: String,
    main: String,
    means: Means,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Means {
    Ask(String, Subject),
    Plan,
    Status,
    Schedule,
    Rate,
    Suggest,
    Help,
    Stop,
    Start,
}

/// The satker code of a request, as far as it was given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CodeArg {
    /// Left out.
    None,
    /// Six digits.
    Code(SatkerCode),
    /// Something else that was meant as a code, at most 12 characters.
    Bad(String),
}

/// The agenda number of a request, as far as it was given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AgendaArg {
    /// Left out.
    None,
    /// A number, of this year unless said otherwise.
    Agenda(AgendaNo),
    /// Something else that was meant as one, at most 12 characters.
    Bad(String),
}

/// What was asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Request {
    /// Figures or states of a satker.
    Ask {
        /// Module id.
        module: String,
        /// About what.
        subject: Subject,
        /// Of which satker.
        code: CodeArg,
        /// Type of expense, for [`Subject::Budget`]: two digits.
        expense: Option<String>,
        /// One statement, for [`Subject::Skpp`].
        agenda: AgendaArg,
    },
    /// Where a letter stands.
    Status {
        /// Which.
        agenda: AgendaArg,
    },
    /// What falls due next.
    Schedule {
        /// For which satker.
        code: CodeArg,
    },
    /// A payment is planned (`RPD`).
    Plan {
        /// By which satker.
        code: CodeArg,
        /// On which day; none when what stands there is no date.
        date: Option<NaiveDate>,
        /// Rupiah; none when what stands there is no amount above zero.
        amount: Option<Rupiah>,
    },
    /// A rating.
    Rate {
        /// 1 to 5; none when something else stands there.
        value: Option<u8>,
        /// Of which service; the latest one when left out.
        agenda: AgendaArg,
        /// What was written after it.
        comment: String,
    },
    /// A suggestion or a complaint.
    Suggest {
        /// What it says; may be empty.
        text: String,
    },
    /// How to ask.
    Help {
        /// About this keyword, in its main spelling.
        about: Option<String>,
    },
    /// No more notices to this phone.
    Stop,
    /// Notices again.
    Start,
}

/// What a text turned out to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Parsed {
    /// Empty, or only signs and pictures.
    Nothing,
    /// Thanks or a yes: nobody expects an answer.
    Courtesy,
    /// A request.
    Known {
        /// The keyword in its main spelling.
        keyword: String,
        /// What was asked.
        request: Request,
        /// More was written than the request needs, so a person should read it too.
        chatty: bool,
    },
    /// No keyword, but nearly this one.
    Nearly {
        /// As written, at most 12 characters.
        word: String,
        /// The keyword in its main spelling.
        keyword: String,
    },
    /// Something for a person.
    Unknown,
}

impl Vocabulary {
    /// The office's own keywords and those of its modules.
    pub fn new(modules: &Modules) -> Self {
        let mut words: Vec<Word> = Vec::new();
        let reserved = RESERVED.iter().chain(&[(START, "MULAI"), ("?", "BANTUAN")]);
        for (spelling, main) in reserved {
            let means = match *main {
                "STATUS" => Means::Status,
                "JADWAL" => Means::Schedule,
                "NILAI" => Means::Rate,
                "SARAN" | "ADUAN" => Means::Suggest,
                "BERHENTI" => Means::Stop,
                "MULAI" => Means::Start,
                _ => Means::Help,
            };
            words.push(Word {
                spelling: (*spelling).to_owned(),
                main: (*main).to_owned(),
                means,
            });
        }
        for module in modules.iter() {
            for spelling in &module.keywords {
                let (means, main) = meaning(module, spelling);
                words.push(Word {
                    spelling: spelling.to_uppercase(),
                    main: main.to_uppercase(),
                    means,
                });
            }
            for answer in &module.answers {
                let main = answer.keywords.first();
                for spelling in &answer.keywords {
                    words.push(Word {
                        spelling: spelling.clone(),
                        main: main.unwrap_or(spelling).clone(),
                        means: Means::Ask(module.id.clone(), Subject::Module(answer.kind)),
                    });
                }
            }
        }
        Self { words }
    }

    /// The main spelling of a keyword, whatever its case.
    pub fn main(&self, word: &str) -> Option<&str> {
        self.find(word).map(|word| word.main.as_str())
    }

    /// Whether a keyword takes a satker code.
    pub fn takes_code(&self, word: &str) -> bool {
        self.find(word)
            .is_some_and(|word| matches!(word.means, Means::Ask(..) | Means::Schedule))
    }

    fn find(&self, word: &str) -> Option<&Word> {
        self.words
            .iter()
            .find(|known| known.spelling.eq_ignore_ascii_case(word))
    }

    /// The only keyword that one slip of the finger turns this word into.
    fn nearly(&self, word: &str) -> Option<&str> {
        let word = word.to_ascii_uppercase();
        if word.len() < 3 || word.len() > 20 {
            return None;
        }
        let mut near = self.words.iter().filter(|known| {
            known.spelling.len() >= 3
                && known.spelling != START
                && strsim::damerau_levenshtein(&word, &known.spelling) == 1
        });
        let first = near.next()?.main.as_str();
        near.all(|other| other.main == first).then_some(first)
    }

    /// Reads a text. `today` gives the year of agenda numbers without one.
    pub fn parse(&self, text: &str, today: NaiveDate) -> Parsed {
        let text = words::beginning(text, TEXT_MAX);
        let tokens = Tokens::of(text);
        let Some((first, rest)) = tokens.split_first() else {
            return Parsed::Nothing;
        };
        if !words::says_something(text) && self.find(first.text).is_none() {
            return Parsed::Nothing;
        }
        if let Some(known) = self.find(first.text) {
            return self.known(known, rest, text, today);
        }
        if words::is_courtesy(&tokens) {
            return Parsed::Courtesy;
        }
        let short = rest.len() <= 2 && rest.first().is_none_or(words::Token::has_digit);
        let alphabetic =
            first.text.bytes().all(|b| b.is_ascii_alphabetic()) && !words::is_greeting(first.text);
        match self.nearly(first.text) {
            Some(keyword) if short && alphabetic => Parsed::Nearly {
                word: words::beginning(first.text, 12).to_owned(),
                keyword: keyword.to_owned(),
            },
            _ => Parsed::Unknown,
        }
    }

    fn known(
        &self,
        known: &Word,
        rest: &[words::Token<'_>],
        text: &str,
        today: NaiveDate,
    ) -> Parsed {
        let (keyword, mut chatty) = (known.main.clone(), false);
        let request = match &known.means {
            Means::Ask(module, subject) => {
                let ask = arguments::ask(*subject, rest, today);
                chatty = words::is_talk(ask.rest);
                Request::Ask {
                    module: module.clone(),
                    subject: *subject,
                    code: ask.code,
                    expense: ask.expense,
                    agenda: ask.agenda,
                }
            }
            Means::Plan => {
                let (code, date, amount) = arguments::plan(rest);
                Request::Plan { code, date, amount }
            }
            Means::Status => {
                let (agenda, rest) = arguments::agenda(rest, today);
                chatty = words::is_talk(rest);
                Request::Status { agenda }
            }
            Means::Schedule => {
                // AGENDA AGD-00123 asks for that letter, whatever the alias stands for.
                if let (AgendaArg::Agenda(agenda), rest) = arguments::agenda(rest, today)
                    && arguments::names_book(rest.len(), rest_of(known, text))
                {
                    return Parsed::Known {
                        keyword: "STATUS".to_owned(),
                        request: Request::Status {
                            agenda: AgendaArg::Agenda(agenda),
                        },
                        chatty: words::is_talk(rest),
                    };
                }
                let (code, rest) = arguments::code(rest);
                chatty = words::is_talk(rest);
                Request::Schedule { code }
            }
            Means::Rate => {
                let (value, agenda, comment) = arguments::rating(rest, text, today);
                Request::Rate {
                    value,
                    agenda,
                    comment,
                }
            }
            Means::Suggest => Request::Suggest {
                text: words::after(rest.first(), text).to_owned(),
            },
            Means::Help => {
                let about = rest.first().and_then(|next| self.main(next.text));
                chatty = about.is_none() && words::is_talk(rest);
                Request::Help {
                    about: about.map(str::to_owned),
                }
            }
            // "Mulai besok kantor libur" is no request.
            Means::Stop | Means::Start if rest.len() > 1 => return Parsed::Unknown,
            Means::Stop => Request::Stop,
            Means::Start => Request::Start,
        };
        Parsed::Known {
            keyword,
            request,
            chatty,
        }
    }
}

/// What stands behind the keyword, as written.
fn rest_of<'a>(known: &Word, text: &'a str) -> &'a str {
    let start = text.trim_start_matches(|c: char| !c.is_ascii_alphanumeric());
    start.get(known.spelling.len()..).unwrap_or_default()
}

/// What a keyword of a module asks for, and its main spelling.
fn meaning<'a>(module: &'a Module, spelling: &'a str) -> (Means, &'a str) {
    let main = module.keywords.first().map_or(spelling, String::as_str);
    let ask = |subject| Means::Ask(module.id.clone(), subject);
    let usual = ask(Subject::Module(module.usual_answer()));
    // A programme may have an id like one of the office's modules; what it answers does not.
    if module.participant.kind != satker_kind() {
        return (usual, main);
    }
    match (module.id.as_str(), spelling) {
        ("pagu", _) => (ask(Subject::Budget), main),
        ("lpj", _) => (ask(Subject::Lpj), main),
        ("komitmen", _) => (ask(Subject::Contracts), main),
        ("gaji", _) => (ask(Subject::Payroll), main),
        ("retur", _) => (ask(Subject::Returns), main),
        ("bar", _) => (ask(Subject::Reconciliation), main),
        ("up-tup", "TUP" | "PTUP") => (ask(Subject::Tup), "TUP"),
        ("up-tup", _) => (ask(Subject::Up), main),
        ("skpp", _) => (ask(Subject::Skpp), main),
        ("lainnya", "RPD" | "RENKAS") => (Means::Plan, "RPD"),
        _ => (usual, main),
    }
}

#[cfg(test)]
mod tests;
