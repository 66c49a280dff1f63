//! Pages of a list of objects with ids: how one is asked for, and the answer that it is.

use super::failure::Failure;
use super::tree;
use crate::emulator::go::form::Form;
use crate::emulator::go::json::Json;
use crate::emulator::reply::Reply;

/// The page of all these that is asked for, in the member of this name. Its token is the id of the last one before it.
///
/// # Errors
/// 400 if no page has this size, or none begins there.
pub(super) fn of(member: &str, mut all: Vec<Json>, query: &Form) -> Result<Reply, Failure> {
    let size = match query.get("page_size") {
        "" => 250,
        text => match text.parse::<usize>() {
            Ok(size) if (1..=1000).contains(&size) => size,
            _ => return Err(Failure::bad_request("page_size is a number from 1 to 1000.")),
        },
    };
    let id = |one: &Json| one.member("id").and_then(Json::as_text).unwrap_or_default();
    let from = match query.get("page_token") {
        "" => 0,
        token => 1 + all.iter().position(|one| id(one) == token).ok_or_else(|| Failure::bad_request("The page token is none of these."))?,
    };
    let more = all.len() > from + size;
    let page: Vec<Json> = all.drain(from..).take(size).collect();
    let next = page.last().filter(|_| more).map(id).unwrap_or_default();
    let list = [(member, Json::Array(page)), ("has_next_page", Json::Bool(more)), ("next_page_token", Json::text(&next))];
    Ok(Reply::document(200, &tree::object(list).compact()))
}
