//! Documents with very long lists in them, of which one element is to be read at a time: a tree of all of it would take many
//! times the memory of the text.
//!
//! Owns how such a list is left out of the tree. The limit on values holds for each element, and for each other member.

use super::{Json, ParseError, Reader};
use std::{collections::BTreeMap, fmt};

/// A document without the elements of one list. `Debug` shows the shape and never the content.
pub struct Outline<'a> {
    /// All else; the list is an empty one.
    pub document: Json,
    /// The elements, unread.
    pub elements: Vec<&'a str>,
    text: &'a str,
}

impl<'a> Outline<'a> {
    /// The document in a text, of which the list at one of these paths is left unread. Each is a path of names.
    ///
    /// # Errors
    /// As [`Json::parse`] has them. What is inside of an element may still be found to be no JSON.
    pub fn read(text: &'a (impl AsRef<[u8]> + ?Sized), lists: &[&[&str]]) -> Result<Outline<'a>, ParseError> {
        let text = ParseError::unless_utf8(text.as_ref())?;
        Outline { document: Json::Null, elements: Vec::new(), text }.fill(text, lists)
    }

    /// The same of an element, which has such a list itself.
    ///
    /// # Errors
    /// As [`Json::parse`] has them; places are those in the whole text.
    pub fn within(&self, element: &'a str, lists: &[&[&str]]) -> Result<Outline<'a>, ParseError> {
        Outline { document: Json::Null, elements: Vec::new(), text: self.text }.fill(element, lists)
    }

    fn fill(mut self, part: &'a str, lists: &[&[&str]]) -> Result<Outline<'a>, ParseError> {
        let (mut reader, mut wrong) = (Reader::of_pieces(part), None);
        match self.value(&mut reader, lists, &mut wrong).filter(|_| reader.is_at_end()) {
            Some(document) => Ok(Outline { document, ..self }),
            None => {
                Err(wrong.unwrap_or_else(|| ParseError::malformed(self.text.as_bytes(), behind(self.text, part) + reader.rest().len())))
            }
        }
    }

    /// An element, read.
    ///
    /// # Errors
    /// As [`Json::parse`] has them; places are those in the whole text.
    pub fn element(&self, element: &str) -> Result<Json, ParseError> {
        read(self.text, element)
    }

    fn value(&mut self, reader: &mut Reader<'a>, lists: &[&[&str]], wrong: &mut Option<ParseError>) -> Option<Json> {
        if lists.iter().any(|path| path.is_empty()) && reader.begins(b'[') {
            self.elements.clear();
            reader.items(|reader| {
                self.elements.push(reader.skip()?);
                Some(())
            })?;
            return Some(Json::Array(Vec::new()));
        }
        if lists.is_empty() || !reader.begins(b'{') {
            let text = reader.skip()?;
            return read(self.text, text).map_err(|why| *wrong = Some(why)).ok();
        }
        let mut members = BTreeMap::new();
        reader.members(|reader, name| {
            let steps = lists.iter().filter_map(|path| path.split_first());
            let inside: Vec<_> = steps.filter(|(first, _)| **first == name).map(|(_, rest)| rest).collect();
            members.insert(name.into_owned(), self.value(reader, &inside, wrong)?);
            Some(())
        })?;
        Some(Json::Object(members))
    }
}

impl fmt::Debug for Outline<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} of {} elements", self.document, self.elements.len())
    }
}

/// A part of a text.
fn read(whole: &str, part: &str) -> Result<Json, ParseError> {
    Json::parse(part).map_err(|why| match why {
        ParseError::TooMany => why,
        // It is found out once more, by where it is in the whole.
        ParseError::Malformed { .. } => {
            let mut reader = Reader::of_pieces(part);
            let _ = reader.value();
            ParseError::malformed(whole.as_bytes(), behind(whole, part) + reader.rest().len())
        }
    })
}

/// How many bytes follow a part of a text.
fn behind(whole: &str, part: &str) -> usize {
    whole.len() - (part.as_ptr() as usize - whole.as_ptr() as usize) - part.len()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    const LISTS: &[&[&str]] = &[&["all"], &["in", "all"]];

    #[test]
    fn a_list_is_left_in_pieces_wherever_it_is() {
        for text in [r#"{"a":{"all":[1]},"all":[{"b":1}, [2] ,3]}"#, r#"{"in":{"all":[{"b":1}, [2] ,3]},"a":{"all":[1]}}"#] {
            let outline = Outline::read(text, LISTS).unwrap();
            assert_eq!(outline.elements, [r#"{"b":1}"#, "[2]", "3"]);
            assert_eq!(outline.document.at("a/all").as_array().map(<[_]>::len), Some(1));
            let lists = [outline.document.at("all"), outline.document.at("in/all")];
            assert_eq!(lists.into_iter().filter_map(Json::as_array).map(<[_]>::len).collect::<Vec<_>>(), [0]);
            assert_eq!(outline.element(outline.elements[0]).unwrap().at("b").as_i64(), Some(1));
        }
        assert!(Outline::read(r#"{"all":{"a":[1]}}"#, LISTS).unwrap().elements.is_empty());
        assert_eq!(Outline::read(r#"{"all":[1,2],"all":[3]}"#, LISTS).unwrap().elements, ["3"], "the last one counts");
    }

    #[test]
    fn what_is_no_json_is_found_where_it_is() {
        let at = |text: &str| match Outline::read(text, LISTS)
            .map(|outline| outline.elements.iter().try_for_each(|one| outline.element(one).map(drop)))
        {
            Ok(Err(ParseError::Malformed { line, .. })) | Err(ParseError::Malformed { line, .. }) => line,
            other => panic!("{other:?}"),
        };
        for text in ["", "{\n  \"all\": [1, 2,\n x]}", "{\n \"a\": \"\\x\", \"all\": []}", "{\"all\": [\n\"\\x\"]}", "{\"all\": []} 1"] {
            let Err(ParseError::Malformed { line, .. }) = Json::parse(text) else { panic!("{text}") };
            assert_eq!(at(text), line, "{text}");
        }
    }

    #[test]
    fn each_element_has_the_limit_for_itself() {
        let many = |count: usize| format!("[{}0]", "0,".repeat(count));
        let half = many(super::super::MOST_VALUES / 2);
        let text = format!(r#"{{"all":[{half},{half},{half}]}}"#);
        let outline = Outline::read(&text, LISTS).unwrap();
        assert!(outline.elements.iter().all(|element| outline.element(element).is_ok()));
        let text = format!(r#"{{"all":[{}]}}"#, many(super::super::MOST_VALUES));
        let outline = Outline::read(&text, LISTS).unwrap();
        assert_eq!(outline.element(outline.elements[0]), Err(ParseError::TooMany));
        assert_eq!(Outline::read(&format!(r#"{{"other":{}}}"#, many(super::super::MOST_VALUES)), LISTS).unwrap_err(), ParseError::TooMany);
    }
}
