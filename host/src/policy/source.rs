//! Where a policy comes from, what it is configured with, and which component it has to be.

use std::borrow::Cow;
use std::path::{Path, PathBuf};

use code_execute_artifacts::{DEFAULT_POLICY, DEFAULT_POLICY_SHA256};
use sha2::{Digest as _, Sha256};

use super::cache::Seen;
use super::load::Component;
use super::{Cache, Policy, PolicyError};

/// The policies that this program carries: one component, configured twice.
const EMBEDDED: [(&str, Option<&str>); 2] = [("default", None), ("balanced", Some("base = \"balanced\"\n"))];

/// At most this many bytes of a configuration are read: a list of a thousand names takes a twentieth of it.
const LONGEST_CONFIGURATION: usize = 1 << 20;

/// Where a policy comes from, what it is configured with, and which component it has to be.
///
/// # Examples
///
/// ```no_run
/// use code_execute::policy::{Cache, Source};
///
/// let source = Source::new("./company.wasm").configuration_file("company.toml");
/// let policy = source.open(&Cache::of_user())?;
/// # Ok::<(), code_execute::policy::PolicyError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    name: String,
    configuration: Option<Configuration>,
    sha256: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Configuration {
    Text(String),
    File(PathBuf),
}

impl<T: Into<String>> From<T> for Source {
    fn from(name: T) -> Self {
        Self::new(name)
    }
}

impl Source {
    /// The names of the embedded policies.
    pub const EMBEDDED: [&'static str; 2] = [EMBEDDED[0].0, EMBEDDED[1].0];

    /// A policy by the name of an embedded one or by the path of a component.
    pub fn new(name: impl Into<String>) -> Self {
        Self { name: name.into(), configuration: None, sha256: None }
    }

    /// Configures the policy with a text, whose format is the policy's own affair.
    #[must_use]
    pub fn configuration(mut self, text: impl Into<String>) -> Self {
        self.configuration = Some(Configuration::Text(text.into()));
        self
    }

    /// Configures the policy with what a file holds whenever it is opened.
    #[must_use]
    pub fn configuration_file(mut self, path: impl Into<PathBuf>) -> Self {
        self.configuration = Some(Configuration::File(path.into()));
        self
    }

    /// Pins the component: it is looked at only if this is its SHA-256, in hexadecimal.
    #[must_use]
    pub fn sha256(mut self, hash: impl Into<String>) -> Self {
        self.sha256 = Some(hash.into());
        self
    }

    /// The name or the path.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Whether it is neither configured nor pinned.
    pub(super) fn is_plain(&self) -> bool {
        self.configuration.is_none() && self.sha256.is_none()
    }

    /// Loads the policy.
    ///
    /// # Errors
    ///
    /// Any [`PolicyError`] that speaks of loading: unknown, unreadable, not the pinned one, no component, imports,
    /// version, interface, configuration.
    pub fn open(&self, cache: &Cache) -> Result<Policy, PolicyError> {
        let name = self.name.as_str();
        let configuration = self.read_configuration()?;
        if let Some((_, own)) = EMBEDDED.into_iter().find(|(known, _)| *known == name) {
            if own.is_some() && configuration.is_some() {
                return Err(PolicyError::Preconfigured { name: name.to_owned() });
            }
            let configuration = configuration.or(own.map(Cow::Borrowed));
            let sha256 = DEFAULT_POLICY_SHA256.to_owned();
            self.check_pin(&sha256)?;
            return Component { origin: name, size: DEFAULT_POLICY.len(), sha256, configuration }
                .load(DEFAULT_POLICY, cache);
        }
        self.open_file(configuration.as_deref(), cache)
    }

    /// Loads a component from its file, which is not read where that file was read before and compiled.
    fn open_file(&self, configuration: Option<&str>, cache: &Cache) -> Result<Policy, PolicyError> {
        let path = self.path()?;
        let component = |size: usize, sha256: String| Component {
            origin: &self.name,
            size,
            sha256,
            configuration: configuration.map(Cow::Borrowed),
        };
        // What is pinned is hashed whatever the kernel says of its file.
        if self.sha256.is_none()
            && let Some((size, sha256)) = cache.hash_of_file(path)
            && let Some(policy) = component(size, sha256).load_compiled(cache)?
        {
            return Ok(policy);
        }
        let unreadable = |source| PolicyError::Unreadable { what: "policy", path: path.to_owned(), source };
        let before = Seen::of(path).map_err(unreadable)?;
        let bytes = std::fs::read(path).map_err(unreadable)?;
        let sha256 = format!("{:x}", Sha256::digest(&bytes));
        self.check_pin(&sha256)?;
        let policy = component(bytes.len(), sha256.clone()).load(&bytes, cache)?;
        cache.put_hash_of_file(path, before, &sha256);
        Ok(policy)
    }

    /// The files that it is read from: when one of them changes, the policy may be another one.
    pub(super) fn files(&self) -> Vec<PathBuf> {
        let mut files = Vec::new();
        if !Self::EMBEDDED.contains(&self.name.as_str()) && self.name != "none" {
            files.push(PathBuf::from(&self.name));
        }
        if let Some(Configuration::File(path)) = &self.configuration {
            files.push(path.clone());
        }
        files
    }

    fn path(&self) -> Result<&Path, PolicyError> {
        let path = Path::new(&self.name);
        let looks_like_a_file = self.name.contains(std::path::MAIN_SEPARATOR)
            || path.extension().is_some_and(|end| end == "wasm");
        if looks_like_a_file || path.exists() {
            Ok(path)
        } else {
            Err(PolicyError::Unknown { name: self.name.clone() })
        }
    }

    fn read_configuration(&self) -> Result<Option<Cow<'_, str>>, PolicyError> {
        let text = match &self.configuration {
            None => return Ok(None),
            Some(Configuration::Text(text)) => Cow::Borrowed(text.as_str()),
            Some(Configuration::File(path)) => {
                let text = std::fs::read_to_string(path);
                Cow::Owned(text.map_err(|source| PolicyError::Unreadable {
                    what: "configuration",
                    path: path.clone(),
                    source,
                })?)
            }
        };
        if text.len() > LONGEST_CONFIGURATION {
            let (bytes, most) = (text.len(), LONGEST_CONFIGURATION);
            return Err(PolicyError::LongConfiguration { name: self.name.clone(), bytes, most });
        }
        Ok(Some(text))
    }

    fn check_pin(&self, found: &str) -> Result<(), PolicyError> {
        let Some(wanted) = &self.sha256 else { return Ok(()) };
        if wanted.len() != 64 || !wanted.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(PolicyError::NotAHash { value: wanted.clone() });
        }
        if wanted.eq_ignore_ascii_case(found) {
            return Ok(());
        }
        let (name, wanted, found) = (self.name.clone(), wanted.clone(), found.to_owned());
        Err(PolicyError::Pinned { name, wanted, found })
    }
}
