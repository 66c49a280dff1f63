//! A provider as data: its name, its configuration, and its offers.

use super::{
    DataSource, Diagnostic, Entry, Peer,
    offer::{self, Group, Offer},
};
use crate::{
    schema::{Object, Rule, Table},
    value::Value,
};

/// All data of a provider; `C` is its configured client. Made by [`provider`], refined by its methods.
#[non_exhaustive]
pub struct Provider<C: 'static> {
    /// Its short name: the prefix of Terraform types and Pulumi's package name.
    pub name: &'static str,
    /// The name of its publisher.
    pub namespace: &'static str,
    /// Its name for people.
    pub display: &'static str,
    /// Its description, in Markdown.
    pub doc: &'static str,
    /// Its version.
    pub version: &'static str,
    /// The URL of its source.
    pub repository: &'static str,
    /// Its license, as an SPDX expression.
    pub license: &'static str,
    /// Other providers whose stored objects can become its own.
    pub peers: &'static [&'static Peer],
    /// The table of its configuration.
    pub config: &'static Table,
    /// Rules over the configuration.
    pub rules: &'static [Rule],
    /// Makes a client from the resolved configuration; does no I/O.
    pub configure: fn(&Value) -> Result<C, Vec<Diagnostic>>,
    /// What the configured client uses where an object does not set this attribute, such as its own project.
    pub stands_in: fn(&C, &str) -> Option<String>,
    /// Why the configured client does not write this object, as far as its configuration shows that, such as for a project that is
    /// not allowed.
    pub forbids: fn(&C, Object<'_>) -> Option<Diagnostic>,
    /// Its offers, by subcategory of the documentation.
    pub groups: &'static [Group<C>],
    /// Its other offers, by the files that declare them.
    pub offers: &'static [&'static [Offer<C>]],
    /// The programs that its documentation shows, sorted by path.
    pub examples: &'static [Example],
}

/// A file of a program that documentation shows.
#[derive(Clone, Copy, Debug)]
pub struct Example {
    /// Its path: `terraform/resources/<type>/resource.tf`, `pulumi/functions/<name>/index.ts`, in the layout of
    /// Terraform's and Pulumi's own documentation.
    pub path: &'static str,
    /// Its text, ending in a line break.
    pub text: &'static str,
}

impl Example {
    /// The examples below this path, of examples that are sorted by path.
    pub fn below<'a>(examples: &'a [Example], path: &str) -> &'a [Example] {
        let from = examples.partition_point(|example| example.path < path);
        let len = examples[from..].partition_point(|example| example.path.starts_with(path));
        &examples[from..from + len]
    }
}

static NOTHING: Table = Table::new(&[]);

/// A provider with this name. `configure` makes a client from the resolved configuration, and does no I/O.
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
        peers: &[],
        config: &NOTHING,
        rules: &[],
        configure,
        stands_in: |_, _| None,
        forbids: |_, _| None,
        groups: &[],
        offers: &[],
        examples: &[],
    }
}

impl<C: 'static> Provider<C> {
    /// The name of its publisher.
    pub const fn namespace(mut self, namespace: &'static str) -> Self {
        self.namespace = namespace;
        self
    }

    /// Its name for people; by default its short name.
    pub const fn display(mut self, display: &'static str) -> Self {
        self.display = display;
        self
    }

    /// Its version.
    pub const fn version(mut self, version: &'static str) -> Self {
        self.version = version;
        self
    }

    /// The URL of its source.
    pub const fn repository(mut self, repository: &'static str) -> Self {
        self.repository = repository;
        self
    }

    /// Its license, as an SPDX expression.
    pub const fn license(mut self, license: &'static str) -> Self {
        self.license = license;
        self
    }

    /// Other providers whose stored objects can become its own.
    pub const fn peers(mut self, peers: &'static [&'static Peer]) -> Self {
        self.peers = peers;
        self
    }

    /// The table of its configuration, and rules over it.
    pub const fn config(mut self, table: &'static Table, rules: &'static [Rule]) -> Self {
        self.config = table;
        self.rules = rules;
        self
    }

    /// What the configured client uses where an object does not set this attribute: plans compare it with what the state has.
    pub const fn stands_in(mut self, value: fn(&C, &str) -> Option<String>) -> Self {
        self.stands_in = value;
        self
    }

    /// Why the configured client does not write an object: plans say so before an apply does.
    pub const fn forbids(mut self, value: fn(&C, Object<'_>) -> Option<Diagnostic>) -> Self {
        self.forbids = value;
        self
    }

    /// Its offers in groups: the pages of each group are in the same section.
    pub const fn groups(mut self, groups: &'static [Group<C>]) -> Self {
        self.groups = groups;
        self
    }

    /// Its offers in no group: one slice for each file that declares offers.
    pub const fn offers(mut self, offers: &'static [&'static [Offer<C>]]) -> Self {
        self.offers = offers;
        self
    }

    /// The programs that its documentation shows, sorted by path.
    pub const fn examples(mut self, examples: &'static [Example]) -> Self {
        self.examples = examples;
        self
    }

    /// Checks the whole provider at compile time; a build error names the offer, or the provider if its description
    /// is incomplete.
    pub const fn checked(self) -> Self {
        if self.name.is_empty() || self.doc.is_empty() || self.namespace.is_empty() || self.version.is_empty() {
            panic!("{}", self.name);
        }
        offer::check(&self);
        self
    }

    /// All offers, each with the subcategory of its page; an empty text if it is in no group.
    pub fn each_grouped(&self) -> impl Iterator<Item = (&'static str, &'static Offer<C>)> + use<C> {
        let of = |subcategory: &'static str, offers: &'static [&'static [Offer<C>]]| {
            offers.iter().flat_map(|offers| offers.iter()).map(move |offer| (subcategory, offer))
        };
        self.groups.iter().flat_map(move |group| of(group.subcategory, group.offers)).chain(of("", self.offers))
    }

    /// All offers.
    pub fn each_offer(&self) -> impl Iterator<Item = &'static Offer<C>> + use<C> {
        self.each_grouped().map(|(_, offer)| offer)
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
