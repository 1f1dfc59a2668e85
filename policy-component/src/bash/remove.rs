//! `rm` and its kin.

use super::options::Options;
use super::shell::Shell;
use super::text::Text;
use super::writes::Effect;

impl Shell {
    pub(crate) fn remove(&mut self, name: &str, args: &[Text]) {
        let options = Options::read(args, "", &[]);
        let recursive = options.has('r', "recursive")
            || options.has('R', "")
            || options.has_long("no-preserve-root")
            || name == "trash";
        let effect = if recursive { Effect::Remove } else { Effect::RemoveFile };
        if name == "rmdir" {
            return;
        }
        for target in &options.operands {
            self.effect(effect, target, "removes");
        }
    }
}
