//! Ory's own pages. One line per attribute.

use super::nested::TRANSLATIONS;
use super::rows::{SERVERS_OWN, flag, text, texts};
use crate::ory::resources::content::{IMAGE, image};
use crate::schema::{Attr, Cleared, filled, map, objects, only, refuse, under};

pub(super) static EXPERIENCE: &[Attr] = &under(
    "services/account_experience/config",
    [
        flag("enable_ax_v2", "Whether Ory's own pages are those of the second generation.").at("enabled"),
        flag("account_experience_hide_ory_branding", "Whether Ory's name is hidden on Ory's own pages. Needs a plan that allows it.")
            .at("hide_ory_branding"),
        flag("account_experience_hide_registration_link", "Whether the sign-in page hides the link to the registration.")
            .at("hide_registration_link"),
        text("account_experience_default_locale", "The default language.").at("default_locale").may_be_untold(),
        text("account_experience_locale_behavior", "Whether the browser's language is used.")
            .at("locale_behavior")
            .check(only(&["respect_accept_language", "force_default"]))
            .may_be_untold(),
        texts("account_experience_enabled_locales", "The languages that are offered.")
            .at("enabled_locales")
            .unordered()
            .check(filled(SERVERS_OWN)),
        text("account_experience_contact_url", "URL of a page with contacts.").at("contact_url"),
        text("account_experience_privacy_policy_url", "URL of the privacy policy.").at("privacy_policy_url"),
        text("account_experience_terms_of_service_url", "URL of the terms of service.").at("terms_of_service_url"),
        map("account_experience_theme_variables_dark", "Colours and sizes of the dark theme. Ory drops names that it does not know.")
            .while_set()
            .at("theme_variables_dark")
            .cleared_by(Cleared::Empty),
        map("account_experience_theme_variables_light", "Colours and sizes of the light theme. Ory drops names that it does not know.")
            .while_set()
            .at("theme_variables_light")
            .cleared_by(Cleared::Empty),
        text(
            "account_experience_favicon_light",
            "The icon for browsers with a light theme: `https://…`, the base64 of its file (`filebase64(…)`) or `data:image/…;base64,…`.",
        )
        .at("favicon_light_url")
        .means(IMAGE)
        .check(refuse(image))
        .cleared_by(Cleared::Empty),
        text(
            "account_experience_favicon_dark",
            "The icon for browsers with a dark theme: `https://…`, the base64 of its file (`filebase64(…)`) or `data:image/…;base64,…`.",
        )
        .at("favicon_dark_url")
        .means(IMAGE)
        .check(refuse(image))
        .cleared_by(Cleared::Empty),
        text(
            "account_experience_logo_light",
            "The logo of the light theme: `https://…`, the base64 of its file (`filebase64(…)`) or `data:image/…;base64,…`.",
        )
        .at("logo_light_url")
        .means(IMAGE)
        .check(refuse(image))
        .cleared_by(Cleared::Empty),
        text(
            "account_experience_logo_dark",
            "The logo of the dark theme: `https://…`, the base64 of its file (`filebase64(…)`) or `data:image/…;base64,…`.",
        )
        .at("logo_dark_url")
        .means(IMAGE)
        .check(refuse(image))
        .cleared_by(Cleared::Empty),
    ],
);

pub(super) static REVISION: &[Attr] = &under(
    "normalized",
    [
        flag("disable_account_experience_welcome_screen", "Whether the welcome page is skipped."),
        objects("account_experience_custom_translations", "Texts of your own, by language.", &TRANSLATIONS).while_set().keyed("locale"),
    ],
);
