//! Pages of a list of objects with ids: the query, and the answer.

use super::failure::Failure;
use super::tree;
use crate::emulator::go::form::Form;
use crate::emulator::go::json::Json;
use crate::emulator::reply::Reply;

/// The requested page of all these objects, in the member with this name. Its token is the id of the last object before it.
///
/// # Errors
/// 400 if the size is not allowed, or no page has this token.
pub(super) fn of(member: &str, mut all: Vec<Json>, query: &Form) -> Result<Reply, Failure> {
    let size = match query.get("page_size") {
        "" => 250,
        text => match text.parse::<usize>() {
            Ok(size) if (1..=1000).contains(&size) => size,
            _ => return Err(Failure::bad_request("page_size has to be a number from 1 to 1000.")),
        },
    };
    let id = |one: &Json| one.member("id").and_then(Json::as_text).unwrap_or_default();
    let from = match query.get("page_token") {
        "" => 0,
        token => 1 + all.iter().position(|one| id(one) == token).ok_or_else(|| Failure::bad_request("The page token is not valid."))?,
    };
    let more = all.len() > from + size;
    let page: Vec<Json> = all.drain(from..).take(size).collect();
    let next = page.last().filter(|_| more).map(id).unwrap_or_default();
    let list = [(member, Json::Array(page)), ("has_next_page", Json::Bool(more)), ("next_page_token", Json::text(&next))];
    Ok(Reply::document(200, tree::object(list).compact()))
}
