//! A provider, as data: what it is called, how it is configured, and what it offers.

use super::{
    DataSource, Diagnostic, Entry,
    offer::{self, Offer},
};
use crate::{
    schema::{Rule, Table},
    value::Value,
};

/// Everything that makes a provider; `C` is its configured client. Made by [`provider`], refined by its methods.
#[non_exhaustive]
pub struct Provider<C: 'static> {
    /// Its short name: the prefix of Terraform types and Pulumi's package name.
    pub name: &'static str,
    /// Who publishes it.
    pub namespace: &'static str,
    /// Its name for people.
    pub display: &'static str,
    /// What it is, in Markdown.
    pub doc: &'static str,
    /// Its version.
    pub version: &'static str,
    /// Where its source is.
    pub repository: &'static str,
    /// Its license, as an SPDX expression.
    pub license: &'static str,
    /// Providers whose states of the same types it takes over as they are, as `namespace/name`.
    pub adopts: &'static [&'static str],
    /// The table of its configuration.
    pub config: &'static Table,
    /// Rules over the configuration.
    pub rules: &'static [Rule],
    /// Makes a client of the resolved configuration; does no I/O.
    pub configure: fn(&Value) -> Result<C, Vec<Diagnostic>>,
    /// What it offers, by the files that declare it.
    pub offers: &'static [&'static [Offer<C>]],
    /// Programs that the documentation of its Pulumi package shows.
    pub programs: &'static [Program],
}

/// A program that documentation shows, in several languages.
pub struct Program {
    /// What it shows, as Pulumi names it: `resources/<name>` or `functions/<name>`.
    pub of: &'static str,
    /// Its text by language, each ending in a line break.
    pub texts: &'static [(&'static str, &'static str)],
}

static NOTHING: Table = Table::new(&[]);

/// A provider of this name. `configure` makes a client of the resolved configuration, and does no I/O.
pub const fn provider<C: 'static>(
    name: &'static str,
    doc: &'static str,
    configure: fn(&Value) -> Result<C, Vec<Diagnostic>>,
) -> Provider<C> {
    Provider {
        name,
        namespace: "",
        display: name,
        doc,
        version: "",
        repository: "",
        license: "",
        adopts: &[],
        config: &NOTHING,
        rules: &[],
        configure,
        offers: &[],
        programs: &[],
    }
}

impl<C: 'static> Provider<C> {
    /// Who publishes it.
    pub const fn namespace(mut self, namespace: &'static str) -> Self {
        self.namespace = namespace;
        self
    }

    /// Its name for people; its short name where nothing else is said.
    pub const fn display(mut self, display: &'static str) -> Self {
        self.display = display;
        self
    }

    /// Its version.
    pub const fn version(mut self, version: &'static str) -> Self {
        self.version = version;
        self
    }

    /// Where its source is.
    pub const fn repository(mut self, repository: &'static str) -> Self {
        self.repository = repository;
        self
    }

    /// Its license, as an SPDX expression.
    pub const fn license(mut self, license: &'static str) -> Self {
        self.license = license;
        self
    }

    /// Providers whose states of the same types it takes over as they are, as `namespace/name`.
    pub const fn adopts(mut self, providers: &'static [&'static str]) -> Self {
        self.adopts = providers;
        self
    }

    /// The table of its configuration, and rules over it.
    pub const fn config(mut self, table: &'static Table, rules: &'static [Rule]) -> Self {
        self.config = table;
        self.rules = rules;
        self
    }

    /// What it offers: one slice a file that declares something.
    pub const fn offers(mut self, offers: &'static [&'static [Offer<C>]]) -> Self {
        self.offers = offers;
        self
    }

    /// Programs that the documentation of its Pulumi package shows.
    pub const fn programs(mut self, programs: &'static [Program]) -> Self {
        self.programs = programs;
        self
    }

    /// Checks the whole provider while it compiles; a build error names the offer, or the provider where it says too
    /// little of itself.
    pub const fn checked(self) -> Self {
        if self.name.is_empty() || self.doc.is_empty() || self.namespace.is_empty() || self.version.is_empty() {
            panic!("{}", self.name);
        }
        offer::check(self.offers);
        self
    }

    /// All that it offers.
    pub fn each_offer(&self) -> impl Iterator<Item = &'static Offer<C>> + use<C> {
        self.offers.iter().flat_map(|offers| offers.iter())
    }

    /// Its resources.
    pub fn resources(&self) -> impl Iterator<Item = &'static Entry<C>> + use<C> {
        self.each_offer().filter_map(|offer| if let Offer::Resource(entry) = offer { Some(entry) } else { None })
    }

    /// Its data sources.
    pub fn data_sources(&self) -> impl Iterator<Item = &'static DataSource<C>> + use<C> {
        self.each_offer().filter_map(|offer| if let Offer::DataSource(source) = offer { Some(source) } else { None })
    }
}
