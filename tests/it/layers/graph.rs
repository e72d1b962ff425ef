//! Which module names which, read off the sources: every `use` and every path, followed to the file that defines the name.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

/// A module by its path below the crate: `["journal", "read"]`. The crate itself is the empty one.
pub type Name = Vec<String>;

/// A source file, without its comments, texts and tests.
pub struct Module {
    /// Lines, as they are, without those of its tests.
    pub lines: usize,
    /// What it defines: structs, enums, traits, functions, constants, macros.
    items: BTreeSet<String>,
    /// Types that others can see.
    pub types: BTreeSet<String>,
    brought: Vec<Brought>,
    paths: Vec<Vec<String>>,
}

/// A name that a `use` brings, and from where.
struct Brought {
    path: Vec<String>,
    as_name: Option<String>,
}

/// All modules of the crate but those of tests.
pub struct House(pub BTreeMap<Name, Module>);

impl House {
    /// Reads the sources below this folder.
    pub fn read(root: &Path) -> Self {
        let mut house = Self(BTreeMap::new());
        house.take(&Vec::new(), &root.join("lib.rs"), root);
        house
    }

    fn take(&mut self, name: &Name, file: &Path, folder: &Path) {
        let text = fs::read_to_string(file).unwrap();
        let code = code(&text);
        let tokens = without_tests(&tokens(&code));
        let mut module = Module {
            lines: text
                .lines()
                .take_while(|line| *line != "#[cfg(test)]")
                .count(),
            items: BTreeSet::new(),
            types: BTreeSet::new(),
            brought: Vec::new(),
            paths: Vec::new(),
        };
        let mut children = Vec::new();
        module.look(&tokens, &mut children);
        self.0.insert(name.clone(), module);
        for child in children {
            let mut below = name.clone();
            below.push(child.clone());
            let file = folder.join(format!("{child}.rs"));
            // A module in braces lies in the same file.
            if file.exists() {
                self.take(&below, &file, &folder.join(&child));
            }
        }
    }

    /// Every pair of modules of which the first names something that the second defines.
    pub fn arrows(&self) -> BTreeSet<(Name, Name)> {
        let mut arrows = BTreeSet::new();
        for (name, module) in &self.0 {
            let used = module.brought.iter().map(|brought| &brought.path);
            for path in used.chain(&module.paths) {
                if let Some(to) = self.resolve(name, path, 0)
                    && to != *name
                {
                    arrows.insert((name.clone(), to));
                }
            }
        }
        arrows
    }

    /// Children of one module that use each other in a circle, each with all that is below it: the module, and those in the circle.
    pub fn circles(&self) -> Vec<(Name, BTreeSet<String>)> {
        let mut uses: BTreeMap<Name, BTreeMap<&str, BTreeSet<&str>>> = BTreeMap::new();
        let arrows = self.arrows();
        for (from, to) in &arrows {
            let common = from.iter().zip(to).take_while(|(a, b)| a == b).count();
            if let (Some(one), Some(other)) = (from.get(common), to.get(common)) {
                uses.entry(from[..common].to_vec())
                    .or_default()
                    .entry(one)
                    .or_default()
                    .insert(other);
            }
        }
        let mut circles = Vec::new();
        for (parent, uses) in uses {
            let mut left: BTreeSet<&str> = uses.keys().copied().collect();
            while let Some(one) = left.pop_first() {
                let there = reached(&uses, one);
                let circle: BTreeSet<String> = there
                    .iter()
                    .filter(|other| reached(&uses, other).contains(one))
                    .map(|name| (*name).to_owned())
                    .collect();
                if circle.len() > 1 {
                    left.retain(|name| !circle.contains(*name));
                    circles.push((parent.clone(), circle));
                }
            }
        }
        circles
    }

    /// The module that defines what a path means in a module; none outside the crate.
    fn resolve(&self, at: &Name, path: &[String], depth: u8) -> Option<Name> {
        let (first, rest) = path.split_first()?;
        let start = match first.as_str() {
            "crate" => Vec::new(),
            "self" => at.clone(),
            "super" => at.split_last()?.1.to_vec(),
            _ => {
                let mut child = at.clone();
                child.push(first.clone());
                if self.0.contains_key(&child) {
                    child
                } else {
                    return self.defines(at, path, depth);
                }
            }
        };
        self.walk(start, rest, depth)
    }

    fn walk(&self, mut at: Name, path: &[String], depth: u8) -> Option<Name> {
        let Some((first, rest)) = path.split_first() else {
            return Some(at);
        };
        if first == "super" {
            at.pop()?;
            return self.walk(at, rest, depth);
        }
        if first == "*" || first == "self" {
            return Some(at);
        }
        let mut child = at.clone();
        child.push(first.clone());
        if self.0.contains_key(&child) {
            return self.walk(child, rest, depth);
        }
        self.defines(&at, path, depth)
    }

    /// Who defines the first name of the path, which this module defines or brings from elsewhere.
    fn defines(&self, at: &Name, path: &[String], depth: u8) -> Option<Name> {
        let module = self.0.get(at)?;
        let (name, rest) = path.split_first()?;
        if module.items.contains(name) {
            return Some(at.clone());
        }
        if depth > 8 {
            return None;
        }
        for brought in &module.brought {
            let by_name = brought.as_name.as_ref() == Some(name);
            let glob = brought.path.last().is_some_and(|last| last == "*");
            if by_name {
                let mut full = brought.path.clone();
                full.extend(rest.iter().cloned());
                return self.resolve(at, &full, depth + 1);
            }
            if glob {
                let mut full = brought.path.clone();
                full.pop();
                full.extend(path.iter().cloned());
                if let Some(found) = self.resolve(at, &full, depth + 1) {
                    return Some(found);
                }
            }
        }
        None
    }
}

impl Module {
    fn look(&mut self, tokens: &[String], children: &mut Vec<String>) {
        let mut at = 0;
        let mut seen_by_others = false;
        while let Some(token) = tokens.get(at) {
            let next = tokens.get(at + 1).map(String::as_str);
            match token.as_str() {
                "pub" => {
                    seen_by_others = true;
                    at += 1;
                    if tokens.get(at).is_some_and(|token| token == "(") {
                        while tokens.get(at).is_some_and(|token| token != ")") {
                            at += 1;
                        }
                        at += 1;
                    }
                    continue;
                }
                "use" if next != Some("<") => {
                    let end = tokens[at..]
                        .iter()
                        .position(|token| token == ";")
                        .map_or(tokens.len(), |length| at + length);
                    self.bring(&[], &tokens[at + 1..end]);
                    at = end;
                }
                "mod" => children.extend(next.map(str::to_owned)),
                "struct" | "enum" | "trait" | "union" | "type" => {
                    let name = next.unwrap_or_default().to_owned();
                    if seen_by_others && token != "type" && is_name(&name) {
                        self.types.insert(name.clone());
                    }
                    self.items.insert(name);
                }
                "fn" | "const" | "static" => {
                    self.items.extend(next.map(str::to_owned));
                }
                "macro_rules" => {
                    self.items.extend(tokens.get(at + 2).cloned());
                }
                _ if next == Some("::") && is_name(token) => {
                    let mut path = vec![token.clone()];
                    while tokens.get(at + 1).is_some_and(|token| token == "::")
                        && tokens.get(at + 2).is_some_and(|token| is_name(token))
                    {
                        path.push(tokens[at + 2].clone());
                        at += 2;
                    }
                    self.paths.push(path);
                }
                _ => {}
            }
            seen_by_others = false;
            at += 1;
        }
    }

    /// Takes the tree of a `use` apart.
    fn bring(&mut self, before: &[String], tree: &[String]) {
        let mut path = before.to_vec();
        let mut at = 0;
        while let Some(token) = tree.get(at) {
            match token.as_str() {
                "::" => {}
                "{" => {
                    let inside = &tree[at + 1..tree.len().saturating_sub(1)];
                    let mut depth = 0;
                    for one in inside.split(|token| {
                        match token.as_str() {
                            "{" => depth += 1,
                            "}" => depth -= 1,
                            _ => {}
                        }
                        depth == 0 && token == ","
                    }) {
                        if !one.is_empty() {
                            self.bring(&path, one);
                        }
                    }
                    return;
                }
                "as" => {
                    let as_name = tree.get(at + 1).cloned();
                    self.brought.push(Brought { path, as_name });
                    return;
                }
                _ => path.push(token.clone()),
            }
            at += 1;
        }
        let named: Vec<String> = match path.split_last() {
            Some((last, module)) if last == "self" => module.to_vec(),
            _ => path,
        };
        let as_name = named.last().filter(|last| *last != "*").cloned();
        self.brought.push(Brought {
            path: named,
            as_name,
        });
    }
}

/// All that can be reached from here, along arrows.
fn reached<'a>(uses: &BTreeMap<&'a str, BTreeSet<&'a str>>, from: &str) -> BTreeSet<&'a str> {
    let mut there = BTreeSet::new();
    let mut next: Vec<&str> = uses.get(from).into_iter().flatten().copied().collect();
    while let Some(one) = next.pop() {
        if there.insert(one) {
            next.extend(uses.get(one).into_iter().flatten());
        }
    }
    there
}

fn is_name(token: &str) -> bool {
    token
        .chars()
        .next()
        .is_some_and(|first| first.is_alphabetic() || first == '_')
}

/// The text with blanks for comments and for what stands in quotes.
fn code(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    while at < bytes.len() {
        let rest = &text[at..];
        let skipped = if rest.starts_with("//") {
            rest.find('\n').unwrap_or(rest.len())
        } else if rest.starts_with("/*") {
            rest.find("*/").map_or(rest.len(), |end| end + 2)
        } else if rest.starts_with('"') {
            quoted(rest)
        } else if let Some(hashes) = raw(rest) {
            let end = format!("\"{}", "#".repeat(hashes));
            let begin = 2 + hashes;
            rest[begin..]
                .find(&end)
                .map_or(rest.len(), |length| begin + length + end.len())
        } else if let Some(length) = letter(rest) {
            length
        } else {
            let next = rest.chars().next().map_or(1, char::len_utf8);
            out.push_str(&rest[..next]);
            at += next;
            continue;
        };
        out.push(' ');
        at += skipped;
    }
    out
}

fn quoted(rest: &str) -> usize {
    let mut escaped = false;
    for (at, letter) in rest.char_indices().skip(1) {
        match letter {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return at + 1,
            _ => {}
        }
    }
    rest.len()
}

/// How many `#` the raw text here begins with.
fn raw(rest: &str) -> Option<usize> {
    let hashes = rest.strip_prefix('r')?;
    let quote = hashes.trim_start_matches('#');
    quote.starts_with('"').then_some(hashes.len() - quote.len())
}

/// The length of a letter in quotes; none for the name of a lifetime.
fn letter(rest: &str) -> Option<usize> {
    let inside = rest.strip_prefix('\'')?;
    if inside.starts_with('\\') {
        return Some(inside[2..].find('\'')? + 4);
    }
    let first = inside.chars().next()?.len_utf8();
    inside[first..].starts_with('\'').then_some(first + 2)
}

fn tokens(code: &str) -> Vec<String> {
    let mut tokens: Vec<String> = Vec::new();
    let mut word = String::new();
    let mut letters = code.chars().peekable();
    while let Some(letter) = letters.next() {
        if letter.is_alphanumeric() || letter == '_' {
            word.push(letter);
            continue;
        }
        if !word.is_empty() {
            tokens.push(std::mem::take(&mut word));
        }
        if letter == ':' && letters.peek() == Some(&':') {
            letters.next();
            tokens.push("::".to_owned());
        } else if !letter.is_whitespace() {
            tokens.push(letter.to_string());
        }
    }
    if !word.is_empty() {
        tokens.push(word);
    }
    tokens
}

/// Without each thing that begins with `#[cfg(test)]`.
fn without_tests(tokens: &[String]) -> Vec<String> {
    const MARK: [&str; 7] = ["#", "[", "cfg", "(", "test", ")", "]"];
    let mut kept = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        let marked = tokens[at..]
            .iter()
            .zip(MARK)
            .filter(|(token, mark)| token == mark)
            .count()
            == MARK.len();
        if !marked {
            kept.push(tokens[at].clone());
            at += 1;
            continue;
        }
        at += MARK.len();
        let mut depth = 0;
        while at < tokens.len() {
            match tokens[at].as_str() {
                "{" | "(" | "[" => depth += 1,
                "}" | ")" | "]" => depth -= 1,
                _ => {}
            }
            let ends = depth == 0 && (tokens[at] == ";" || tokens[at] == "}");
            at += 1;
            if ends {
                break;
            }
        }
    }
    kept
}
