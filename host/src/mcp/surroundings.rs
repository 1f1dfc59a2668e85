//! What programs find around them: the interpreters and the packages, asked once by running programs.

use serde::Deserialize;

use crate::{Builder, Language, Status, Submission};

/// What programs find around them. What could not be found out is empty.
#[derive(Debug, Default)]
pub(super) struct Surroundings {
    /// The version of Python.
    pub(super) python: Option<String>,
    /// The version of Bash.
    pub(super) bash: Option<String>,
    /// Notable packages of Python, with their versions.
    pub(super) packages: Vec<String>,
}

/// Says the interpreter's version and which packages are there that a model may want to know of: those that data
/// work, scraping and documents are done with.
///
/// Packages are found by the names of their directories (`numpy-2.1.0.dist-info`): importing what reads them properly
/// takes longer than all the rest, and clients wait for it.
const PYTHON: &str = "\
import os, sys
names = '''beautifulsoup4 httpx lxml matplotlib networkx nltk numpy openpyxl pandas pillow plotly polars pyarrow
pydantic pypdf python-docx pyyaml requests scikit-learn scipy seaborn sqlalchemy statsmodels sympy tensorflow torch
transformers'''.split()
found = {}
for folder in sys.path:
    if os.path.isdir(folder):
        for entry in os.listdir(folder):
            stem, dot, kind = entry.rpartition('.')
            name, dash, version = stem.partition('-')
            name = name.lower().replace('_', '-').replace('.', '-')
            if kind in ('dist-info', 'egg-info') and dash and name in names:
                found.setdefault(name, version.partition('-')[0])
packages = ','.join('\"' + name + ' ' + found[name] + '\"' for name in names if name in found)
version = '.'.join(map(str, sys.version_info[:3]))
print('{\"version\": \"' + version + '\", \"packages\": [' + packages + ']}')
";

const BASH: &str = "echo \"${BASH_VERSINFO[0]}.${BASH_VERSINFO[1]}\"";

#[derive(Deserialize)]
struct Python {
    version: String,
    packages: Vec<String>,
}

impl Surroundings {
    /// Looks around by running two programs as others will run, but for the review: they are this program's own.
    pub(super) async fn find(builder: Builder) -> Self {
        let Ok(executor) =
            builder.unrecorded().policy("none").max_timeout_seconds(10).timeout_seconds(10).build()
        else {
            return Self::default();
        };
        let run = async |language: Language, code| {
            let report = executor.execute(Submission::new(code).language(language.name())).await;
            (report.status == Status::Ok).then_some(report)
        };
        let (python, bash) = tokio::join!(run(Language::Python, PYTHON), run(Language::Bash, BASH));
        let python = python.and_then(|report| {
            let result = report.result?;
            serde_json::from_str::<Python>(result.get()).ok()
        });
        let bash = bash.map(|report| report.stdout.text.trim().to_owned());
        match python {
            Some(Python { version, packages }) => Self { python: Some(version), bash, packages },
            None => Self { bash, ..Self::default() },
        }
    }
}
