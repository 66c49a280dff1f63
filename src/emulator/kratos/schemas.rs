//! Serving identity schemas.
//!
//! Owns their list and single schemas. They come from the options and are never written.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::Kratos;
use super::identity_schema::IdentitySchema;
use crate::emulator::Profile;
use crate::emulator::envelope::Problem;
use crate::emulator::go::form::Form;
use crate::emulator::go::json::{html_safe, quote};
use crate::emulator::paging::OffsetPage;
use crate::emulator::reply::Reply;

/// The `Link` header of a list that supports page numbers and tokens.
#[must_use]
pub fn links(page: &OffsetPage, path: &str, query: &Form, total: u64) -> String {
    page.links_with(total, |size, offset| {
        let mut query = query.clone();
        query.set("page_size", &size.to_string());
        query.set("page_token", &OffsetPage::token(offset));
        query.set("per_page", &size.to_string());
        query.set("page", &(offset / i128::from(size.max(1))).to_string());
        format!("{path}?{}", query.encode())
    })
}

impl Kratos {
    /// The schema with this id, or the default one if the id is empty.
    ///
    /// # Errors
    /// When there is none.
    pub fn schema_of(&self, id: &str) -> Result<&IdentitySchema, Problem> {
        let found = self.schemas.iter().find(|schema| schema.id == id);
        found.ok_or_else(|| Problem::bad_request().because(format!("Unable to find JSON Schema ID: {id}")))
    }

    /// `GET /schemas`.
    #[must_use]
    pub fn list_schemas(&self, path: &str, query: &Form) -> Reply {
        let page = OffsetPage::read_mixed(query);
        let total = self.schemas.len() as u64;
        let cut = |length: u64| usize::try_from(length).unwrap_or(usize::MAX);
        let shown = self.schemas.iter().skip(cut(page.offset)).take(cut(page.size));
        let shown: Vec<String> =
            shown.map(|schema| format!(r#"{{"id":{},"schema":{}}}"#, quote(&schema.id), html_safe(&schema.parsed.compact()))).collect();
        let none = shown.is_empty() && self.profile == Profile::V2_3;
        let document = if none { "null".to_owned() } else { format!("[{}]", shown.join(",")) };
        Reply::document(200, &document).with("x-total-count", total.to_string()).with("link", links(&page, path, query, total))
    }

    /// `GET /schemas/{id}`. The id may be encoded, as in the schema URLs of identities.
    ///
    /// # Errors
    /// When there is none with this id.
    pub fn schema(&self, id: &str) -> Result<Reply, Problem> {
        let decoded = URL_SAFE_NO_PAD.decode(id).map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
        let of = |id: &str| self.schemas.iter().find(|schema| schema.id == id);
        let Some(schema) = of(id).or_else(|| of(decoded.as_ref().ok()?)) else {
            let shown = if self.profile == Profile::V26_2 { id } else { decoded.as_deref().unwrap_or(id) };
            return Err(Problem::not_found().because(format!("Identity schema `{shown}` could not be found.")));
        };
        let kind = match self.profile {
            Profile::V26_2 => "application/json; charset=utf-8",
            Profile::V2_3 => "application/json",
        };
        // In its original spelling.
        let mut reply = Reply::empty(200).with("content-type", kind);
        reply.body = schema.document.clone().into_bytes();
        Ok(reply)
    }
}
