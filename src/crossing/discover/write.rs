//! Writes the files of the discovered objects.
//!
//! Owns which file contains what, and that only the user can read files with secrets.

use super::{Found, Problem, Survey, kinds::refers_to, page::page, spool::Spool};
use crate::{
    crossing::{
        program::{Called, Import, Printer, Referred, Secret, Uses, Variable, said},
        staged::Staged,
    },
    frontends::pulumi::names::camel,
    schema::{self, Attr, BlockSchema},
    value::Json,
};
use std::{
    collections::{BTreeSet, HashMap},
    fs::File,
    io::{self, BufWriter, Write},
    num::NonZero,
    panic::resume_unwind,
    path::Path,
    thread,
};

/// So many objects are in memory at a time.
const AT_ONCE: usize = 1_000;

/// The files that were written, not yet in their place.
pub struct Files {
    staged: Staged,
    /// The secrets that the program takes.
    pub secrets: Vec<Variable>,
    /// Those of them that no server shows.
    pub needed: Vec<Needed>,
    /// The kinds, each with the number of its objects.
    pub taken: Vec<(&'static str, usize)>,
}

/// A secret that an object needs and no server shows: the user has to set it.
pub struct Needed {
    /// The variable, as the tool calls it.
    pub variable: String,
    /// The kind of the object.
    pub kind: &'static str,
    /// The name of the object.
    pub name: String,
    /// The attribute that takes it.
    pub attr: &'static Attr,
    /// The attribute of the object that it is, or that contains it.
    pub within: &'static Attr,
    /// Whether the user has set it.
    pub is_given: bool,
}

/// How a program is written.
#[derive(Clone, Copy)]
pub struct Style<'a> {
    /// Its language, and the package.
    pub printer: Printer,
    /// The name of the project.
    pub project: &'a str,
    /// Where the SDK is that it uses in place of the published one.
    pub sdk: Option<&'a str>,
    /// Whether imports in HCL say what identifies an object.
    pub by_identity: bool,
    /// The values of variables that the user has set before, by name. Only those of secrets that no server shows are used.
    pub given: &'a Json,
}

/// Writes the program of the discovered objects and their imports into a directory beside `target`.
pub fn write(survey: &mut Survey, style: Style<'_>, target: &Path) -> Result<Files, Problem> {
    let Style { printer, project, sdk, by_identity, given } = style;
    let mut writer = Writer(Staged::new(target)?);
    let Survey { kinds, spool, left_out, .. } = survey;

    // Only objects to which others refer have to be found by their ids.
    let present: BTreeSet<_> = kinds.iter().map(|kind| kind.resource.name).collect();
    let referred: BTreeSet<_> = kinds.iter().flat_map(|kind| refers_to(kind.resource)).filter(|name| present.contains(name)).collect();
    let mut names: HashMap<&'static str, HashMap<Box<str>, String>> = HashMap::new();
    for kind in kinds.iter().filter(|kind| referred.contains(kind.resource.name)) {
        names.insert(kind.resource.name, kind.objects.iter().map(|found| (found.id.clone(), found.name.clone())).collect());
    }
    let name_of = |kind: &str, id: &str| names.get(kind)?.get(id).cloned();
    let referred = Referred(referred);

    let [before, between, behind] = printer.around_imports();
    let mut imports = writer.file(printer.import_file(), false)?;
    imports.write_all(before.as_bytes())?;
    let (mut is_first, mut variables, mut taken) = (true, Vec::new(), Vec::new());
    let mut needed = Vec::new();
    let mut secrets = Secrets::new(printer)?;
    let mut open: Option<Open> = None;
    for kind in kinds.iter() {
        let (resource, path) = (kind.resource, printer.file(kind.resource.name));
        if open.as_ref().is_some_and(|open| open.path != path) {
            open.take().map(|open| open.close(&mut writer, printer, project, &referred, &variables)).transpose()?;
        }
        let file = match &mut open {
            Some(file) => file,
            none => none.insert(Open { path, kind: resource.name, body: Spool::new()?, uses: Uses::default() }),
        };
        let block = BlockSchema::resource(resource);
        let print = |found: &Found, text: &[u8], uses: &mut Uses| -> io::Result<Printed> {
            let stored = schema::json::read(&block, text).map_err(io::Error::other)?;
            let called = Called { name: &found.name, shown: &found.shown };
            let (written, secrets) = said(resource, called, &stored.value, printer.language, &name_of);
            let import = printer.import(Import { of: resource, name: &found.name, id: found.import_id(), by_identity });
            Ok(Printed { resource: printer.resource(&written, uses, &referred), import, secrets })
        };
        for batch in kind.objects.chunks(AT_ONCE) {
            let texts = batch.iter().map(|found| spool.read(found.said)).collect::<io::Result<Vec<_>>>()?;
            for (found, printed) in batch.iter().zip(print_all(batch, &texts, &mut file.uses, print)?) {
                if !file.body.is_empty() {
                    file.body.add(printer.between())?;
                }
                file.body.add(&printed.resource)?;
                if !is_first {
                    imports.write_all(between.as_bytes())?;
                }
                is_first = false;
                imports.write_all(printed.import.as_bytes())?;
                for Secret { variable, value, attr } in printed.secrets {
                    let own = secrets.name(&variable);
                    if value.is_none() {
                        let is_given = given.at(&own).as_str().is_some();
                        let within = resource.table.attrs().find(|whole| whole.contains(attr)).unwrap_or(attr);
                        needed.push(Needed {
                            variable: own.clone(),
                            kind: resource.name,
                            name: found.name.clone(),
                            attr,
                            within,
                            is_given,
                        });
                    }
                    if let Some(value) = value.as_deref().or(given.at(&own).as_str()) {
                        secrets.add(&own, value)?;
                    }
                    variables.push(variable);
                }
            }
        }
        taken.push((resource.name, kind.objects.len()));
    }
    open.map(|open| open.close(&mut writer, printer, project, &referred, &variables)).transpose()?;
    imports.write_all(behind.as_bytes())?;
    finish(imports)?;
    if !secrets.values.is_empty() {
        let mut file = writer.file(secrets.path(), true)?;
        secrets.write(&mut file)?;
        finish(file)?;
    }
    let kinds: Vec<_> = kinds.iter().map(|kind| kind.resource).collect();
    let kind_names: Vec<_> = kinds.iter().map(|kind| kind.name).collect();
    for file in printer.frame(project, &kind_names, &variables, sdk) {
        writer.whole(&file.path, &file.content)?;
    }
    writer.whole("README.md", &page(printer, &kinds, &variables, &needed, left_out))?;
    Ok(Files { staged: writer.0, secrets: variables, needed, taken })
}

/// An object as it is written.
struct Printed {
    resource: String,
    import: String,
    secrets: Vec<Secret>,
}

/// Prints these objects, on all processors at the same time.
fn print_all(
    objects: &[Found],
    texts: &[Vec<u8>],
    uses: &mut Uses,
    print: impl Fn(&Found, &[u8], &mut Uses) -> io::Result<Printed> + Sync,
) -> io::Result<Vec<Printed>> {
    let size = objects.len().div_ceil(thread::available_parallelism().map_or(1, NonZero::get)).max(1);
    let part = |(objects, texts): (&[Found], &[Vec<u8>])| -> io::Result<_> {
        let mut uses = Uses::default();
        let printed = objects.iter().zip(texts).map(|(found, text)| print(found, text, &mut uses)).collect::<io::Result<Vec<_>>>()?;
        Ok((printed, uses))
    };
    let part = &part;
    let parts = thread::scope(|scope| {
        let parts = objects.chunks(size).zip(texts.chunks(size)).map(|of| scope.spawn(move || part(of)));
        let parts: Vec<_> = parts.collect();
        parts.into_iter().map(|part| part.join().unwrap_or_else(|panic| resume_unwind(panic))).collect::<io::Result<Vec<_>>>()
    })?;
    let mut all = Vec::with_capacity(objects.len());
    for (printed, used) in parts {
        all.extend(printed);
        uses.add(used);
    }
    Ok(all)
}

impl Files {
    /// Where they are until they are put into their place.
    pub fn path(&self) -> &Path {
        self.staged.path()
    }

    /// Their names.
    pub fn names(&self) -> &[String] {
        self.staged.names()
    }

    /// Puts them into their place.
    ///
    /// # Errors
    /// If one exists already, unless `force` is set: then nothing is changed.
    pub fn put(self, force: bool) -> Result<(), Problem> {
        self.staged.put(force)
    }
}

/// A file whose resources are being written.
struct Open {
    path: String,
    kind: &'static str,
    body: Spool,
    uses: Uses,
}

impl Open {
    fn close(
        mut self,
        writer: &mut Writer,
        printer: Printer,
        project: &str,
        referred: &Referred,
        variables: &[Variable],
    ) -> io::Result<()> {
        let mut file = writer.file(&self.path, false)?;
        file.write_all(printer.head(self.kind, project, &self.uses, referred).as_bytes())?;
        self.body.copy_to(&mut file)?;
        file.write_all(printer.foot(variables).as_bytes())?;
        finish(file)
    }
}

struct Writer(Staged);

impl Writer {
    fn file(&mut self, name: &str, is_secret: bool) -> io::Result<BufWriter<File>> {
        self.0.file(name, is_secret).map(BufWriter::new)
    }

    fn whole(&mut self, name: &str, content: &str) -> io::Result<()> {
        let mut file = self.file(name, false)?;
        file.write_all(content.as_bytes())?;
        finish(file)
    }
}

fn finish(file: BufWriter<File>) -> io::Result<()> {
    file.into_inner().map_err(io::IntoInnerError::into_error)?.sync_all()
}

/// The values of secrets, in the format of the tool.
struct Secrets {
    printer: Printer,
    values: Spool,
}

/// The file with the values of secrets.
pub fn secrets_file(printer: Printer) -> &'static str {
    if printer.language.is_pulumi() { "secrets.json" } else { "secrets.auto.tfvars.json" }
}

impl Secrets {
    fn new(printer: Printer) -> io::Result<Secrets> {
        Ok(Secrets { printer, values: Spool::new()? })
    }

    fn path(&self) -> &'static str {
        secrets_file(self.printer)
    }

    /// What the tool calls a variable.
    fn name(&self, variable: &Variable) -> String {
        if self.printer.language.is_pulumi() { camel(&variable.name) } else { variable.name.clone() }
    }

    fn add(&mut self, name: &str, value: &str) -> io::Result<()> {
        let gap = if self.values.is_empty() { "" } else { ",\n" };
        self.values.add(&format!("{gap}  {}: {}", Json::from(name), Json::from(value))).map(drop)
    }

    fn write(&mut self, to: &mut impl Write) -> io::Result<()> {
        to.write_all(b"{\n")?;
        self.values.copy_to(to)?;
        to.write_all(b"\n}\n")
    }
}
