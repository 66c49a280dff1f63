//! Imported keys: importing one or many, and deleting.

use std::collections::BTreeMap;

use super::credential::{Form, form, imported_id};
use super::key::{Key, Mutable, VISIBILITIES};
use super::problem::Problem;
use super::read::{bounded, member, needed, request_id, text, word};
use super::{Json, Reply, Talos, document, object, parts, ttl};

const LONGEST: usize = 8192;
const LARGEST_BATCH: usize = 1000;
const ERROR: &str = "BATCH_CREATE_IMPORTED_API_KEYS_ERROR_";
/// Why an item of a batch failed. If all items failed, the most common code is the answer; of equally common ones, the first.
const CODES: [&str; 5] = ["ALREADY_EXISTS", "INVALID_ARGUMENT", "FAILED_PRECONDITION", "RESOURCE_EXHAUSTED", "INTERNAL"];

impl Talos {
    pub(super) fn import(&self, body: &Json) -> Result<Reply, Problem> {
        let key = self.read_import(body)?;
        let _writing = self.writing();
        self.has_room()?;
        if let Some(known) = self.replayed(&parts::IMPORTED_KEYS, &key.request)? {
            return Ok(document(201, &known.wire(&self.settings)));
        }
        if self.store.part(&parts::IMPORTED_KEYS, &key.id)?.is_some() {
            return Err(Problem::exists("key already imported (duplicate detected)"));
        }
        self.keep(&parts::IMPORTED_KEYS, &key)?;
        Ok(document(201, &key.wire(&self.settings)))
    }

    /// Imports each item by itself. Request ids are ignored here.
    pub(super) fn import_many(&self, body: &Json) -> Result<Reply, Problem> {
        let items = match member(body, "requests") {
            Some(Json::Array(items)) if !items.is_empty() => items,
            _ => return Err(Problem::bad_request("keys must contain at least one item")),
        };
        if items.len() > LARGEST_BATCH {
            return Err(Problem::bad_request("maximum 1000 keys per batch"));
        }
        let _writing = self.writing();
        let (mut room, mut results, mut failures) = (self.room()?, Vec::new(), BTreeMap::new());
        for (index, item) in items.iter().enumerate() {
            let made = self.read_import(item).map_err(|problem| (code_of(&problem), problem.message().to_owned())).and_then(|key| {
                if self.store.part(&parts::IMPORTED_KEYS, &key.id).ok().flatten().is_some() {
                    return Err((CODES[0], "key already imported (duplicate detected)".to_owned()));
                }
                if room == 0 {
                    return Err((CODES[3], self.quota()));
                }
                room -= 1;
                Ok(key)
            });
            let mut result = vec![("index", Json::Number(index.to_string()))];
            match made {
                Ok(key) => {
                    let key = Key { request: String::new(), ..key };
                    self.keep(&parts::IMPORTED_KEYS, &key)?;
                    result.push(("imported_api_key", key.wire(&self.settings)));
                }
                Err((code, why)) => {
                    *failures.entry(code).or_insert(0_usize) += 1;
                    result.push(("imported_api_key", Json::Null));
                    result.push(("error_code", Json::text(&format!("{ERROR}{code}"))));
                    result.push(("error_message", Json::text(&why)));
                }
            }
            results.push(object(result));
        }
        let failed: usize = failures.values().sum();
        if failed == results.len() {
            let most = failures.values().max().copied().unwrap_or_default();
            return Err(match CODES.iter().find(|code| failures.get(**code) == Some(&most)).copied() {
                Some("ALREADY_EXISTS") => Problem::exists("all keys in batch already exist"),
                Some("INVALID_ARGUMENT") => Problem::bad_request("all keys in batch failed validation"),
                Some("FAILED_PRECONDITION") => Problem::precondition("all keys in batch failed precondition checks"),
                Some("RESOURCE_EXHAUSTED") => Problem::over_quota("all keys in batch exceeded the tenant quota".to_owned()),
                _ => Problem::internal("all keys in batch import failed"),
            });
        }
        let count = |number: usize| Json::Number(number.to_string());
        let succeeded = results.len() - failed;
        let told = vec![("results", Json::Array(results)), ("success_count", count(succeeded)), ("failure_count", count(failed))];
        Ok(document(200, &object(told)))
    }

    /// Deletes the row, so that the same key can be imported again.
    pub(super) fn delete(&self, id: &str) -> Result<Reply, Problem> {
        let _writing = self.writing();
        self.key(&parts::IMPORTED_KEYS, id)?;
        self.store.remove_part(&parts::IMPORTED_KEYS, "", id)?;
        Ok(Reply::empty(204))
    }

    fn read_import(&self, body: &Json) -> Result<Key, Problem> {
        let (raw, name, actor) = (bounded(body, "raw_key", LONGEST)?, needed(body, "name")?, needed(body, "actor_id")?);
        let (request, visibility) = (request_id(body)?, word(body, "visibility", &VISIBILITIES)?);
        let settings = &self.settings;
        let seconds = ttl::of_key(text(body, "ttl")?.as_deref(), settings.default_ttl, settings.max_ttl)?;
        let mutable = Mutable::read(body)?;
        match form(&raw, &self.secrets, settings) {
            Form::Issued(..) | Form::Forged => {
                return Err(Problem::conflict("cannot import key: format conflicts with issued api key pattern"));
            }
            Form::Jwt | Form::Macaroon => {
                return Err(Problem::precondition("cannot import key: format conflicts with derived token pattern"));
            }
            Form::Other => {}
        }
        let id = imported_id(&raw, &settings.network);
        Ok(Key { request, ..Key::new(id, name, actor, mutable, visibility, seconds) })
    }
}

/// The code in a batch for the error of a single import.
fn code_of(problem: &Problem) -> &'static str {
    match problem.code() {
        400 => CODES[1],
        409 => CODES[2],
        _ => CODES[4],
    }
}
