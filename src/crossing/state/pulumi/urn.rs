//! Parses URNs: `urn:pulumi:STACK::PROJECT::TYPE::NAME`, in which the type includes those of the parents.

/// The parts of a URN that describe a resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Urn<'a> {
    /// The project.
    pub project: &'a str,
    /// The types of its parents and its own type, separated by `$`.
    pub types: &'a str,
    /// Its name, which may contain any characters.
    pub name: &'a str,
}

impl<'a> Urn<'a> {
    /// The parts of this text, if it is a URN.
    pub fn parse(text: &'a str) -> Option<Urn<'a>> {
        let mut parts = text.strip_prefix("urn:pulumi:")?.splitn(4, "::");
        let (_, project, types, name) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
        (!types.is_empty() && !name.is_empty()).then_some(Urn { project, types, name })
    }

    /// Its own type.
    pub fn kind(&self) -> &'a str {
        self.types.rsplit('$').next().unwrap_or(self.types)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_include_those_of_parents_and_names_are_arbitrary() {
        let urn =
            Urn::parse("urn:pulumi:dev::shop::my:app:Team$ory:index/oauth2Client:Oauth2Client::a::b").map(|urn| (urn.kind(), urn.name));
        assert_eq!(urn, Some(("ory:index/oauth2Client:Oauth2Client", "a::b")));
        assert_eq!(Urn::parse("urn:pulumi:dev::shop"), None);
        assert_eq!(Urn::parse("ory_oauth2_client.shop"), None);
    }
}
