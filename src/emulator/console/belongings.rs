//! Rows that may belong to an organization: providers of sign-in, and SCIM clients.
//!
//! Owns the rules that apply to them, by whichever route they are written. The rows are in [`super::rows`]. The answers of a real
//! console were seen by the official provider: 400 if the id is not a UUID; 500 if there is no such organization, with the name of
//! a constraint, of which only the one for SCIM clients is known; 500 for a SCIM client without a state; and 409 for two SCIM
//! clients with the same `client_id`.

use super::failure::Failure;
use super::settings::{Settings, Written};
use crate::emulator::go::json::{Json, quote};

/// Columns of such rows, with the database table of each.
const COLUMNS: [(&str, &str); 3] = [
    ("kratos_selfservice_methods_oidc_config_providers", "project_revision_third_party_providers"),
    ("kratos_selfservice_methods_saml_config_providers", "project_revision_saml_providers"),
    (CLIENTS, "project_revision_scim_clients"),
];
const CLIENTS: &str = "scim_clients";

/// Checks what was written.
///
/// # Errors
/// Why it is not allowed.
pub(super) fn settle(before: &Settings, written: &Written) -> Result<(), Failure> {
    let organizations: Vec<_> = rows(&written.settings, "organizations").iter().filter_map(|row| text(row, "id")).collect();
    for (column, table) in COLUMNS {
        let (old, new) = (rows(before, column), rows(&written.settings, column));
        // A row may stay when its organization is deleted.
        for row in new.iter().filter(|row| !old.contains(row)) {
            let Some(organization) = text(row, "organization_id") else { continue };
            if uuid::Uuid::parse_str(&organization).is_err() {
                return Err(Failure::bad_request(format!(
                    "uuid: incorrect UUID length {} in string {}",
                    organization.len(),
                    quote(&organization)
                )));
            }
            if !organizations.iter().any(|id| id.eq_ignore_ascii_case(&organization)) {
                let constraint = format!("{table}_organization_fkey");
                return Err(Failure::broken(format!(
                    "insert or update on table \"{table}\" violates foreign key constraint \"{constraint}\""
                )));
            }
        }
    }
    let clients = rows(&written.settings, CLIENTS);
    if clients.iter().any(|client| text(client, "state").is_none()) {
        return Err(Failure::broken("the value of the column \"state\" is null"));
    }
    let is_taken =
        |(place, client): (usize, &Json)| clients.iter().take(place).any(|other| text(other, "client_id") == text(client, "client_id"));
    if clients.iter().enumerate().any(is_taken) {
        return Err(Failure::conflict("There is a SCIM client with this client_id already."));
    }
    Ok(())
}

fn rows(settings: &Settings, column: &str) -> Vec<Json> {
    match settings.of(column) {
        Some(Json::Array(rows)) => rows,
        _ => Vec::new(),
    }
}

fn text(row: &Json, name: &str) -> Option<String> {
    row.member(name).and_then(Json::as_text)
}
