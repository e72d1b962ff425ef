//! What a text from the home folder may be made of: words, `{ $values }`, and choices between texts by a value. Fluent knows more, and
//! some of it ends the program: a deep nest overflows the stack, and a text that spreads too far runs into an `unreachable!` of the
//! library. No text of the program needs any of that.

use fluent_bundle::FluentResource;
use fluent_syntax::ast::{Entry, Expression, InlineExpression, Pattern, PatternElement};
use fluent_syntax::unicode::unescape_unicode_to_string;

use crate::domain::typed;

/// Levels of `{` and `(` within each other in one text, at the most. Each costs the parser some stack.
const DEEPEST: usize = 100;

/// Places for values in one text, at the most. Fluent gives up at a hundred.
const PLACES: usize = 50;

/// Why a text cannot be used.
pub(super) const NESTED: &str = "too many levels of `{`";

/// Where braces may be nested too deeply for the parser, which descends into each.
///
/// What is a literal and what is not, only the parser knows: so an opening brace always counts, and a closing one only in a line without
/// quotation marks. A closing bracket never counts, because it may be no more than a letter of the words. A text begins at the left margin, as nothing within a brace can.
pub(super) fn too_deep(text: &str) -> Option<usize> {
    let (mut at, mut depth) = (0, 0_usize);
    for line in text.split_inclusive('\n') {
        if super::overriding::ids(line).next().is_some() {
            depth = 0;
        }
        let closes = !line.contains('"');
        for (within, byte) in line.bytes().enumerate() {
            match byte {
                b'{' => depth += 1,
                b'(' if depth > 0 => depth += 1,
                b'}' if closes => depth = depth.saturating_sub(1),
                _ => {}
            }
            if depth > DEEPEST {
                return Some(at + within);
            }
        }
        at += line.len();
    }
    None
}

/// The first text of a file that is made of more than it may be: its id, and what is wrong.
pub(super) fn check(resource: &FluentResource) -> Result<(), (String, &'static str)> {
    for entry in resource.entries() {
        match entry {
            Entry::Message(message) => {
                let wrong = match &message.value {
                    None => Some("a text without words"),
                    Some(_) if !message.attributes.is_empty() => Some("attributes are not used"),
                    Some(value) => {
                        let mut places = 0;
                        pattern(value, &mut places).err()
                    }
                };
                if let Some(wrong) = wrong {
                    return Err((message.id.name.to_owned(), wrong));
                }
            }
            Entry::Term(term) => return Err((term.id.name.to_owned(), "terms are not used")),
            Entry::Comment(_)
            | Entry::GroupComment(_)
            | Entry::ResourceComment(_)
            | Entry::Junk { .. } => {}
        }
    }
    Ok(())
}

fn pattern(pattern: &Pattern<&str>, places: &mut usize) -> Result<(), &'static str> {
    for element in &pattern.elements {
        match element {
            PatternElement::TextElement { value } => clean(value)?,
            PatternElement::Placeable { expression } => {
                *places += 1;
                if *places > PLACES {
                    return Err("too many places for values");
                }
                match expression {
                    Expression::Inline(InlineExpression::VariableReference { .. }) => {}
                    Expression::Inline(InlineExpression::StringLiteral { value }) => {
                        clean(&unescape_unicode_to_string(value))?;
                    }
                    Expression::Select {
                        selector: InlineExpression::VariableReference { .. },
                        variants,
                    } => {
                        for variant in variants {
                            self::pattern(&variant.value, places)?;
                        }
                    }
                    _ => return Err("only { $values }, { \"words\" } and choices by a value"),
                }
            }
        }
    }
    Ok(())
}

/// Nothing that moves the cursor, or turns the words around.
fn clean(text: &str) -> Result<(), &'static str> {
    let odd = |c: char| c != '\n' && typed::is_unfit(c);
    if text.chars().any(odd) {
        Err("control characters")
    } else {
        Ok(())
    }
}
