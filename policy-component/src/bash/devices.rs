//! Programs that destroy what is on a disk.

use super::paths::{self, Area};
use super::shell::Shell;
use super::text::Text;
use crate::rules::bash as rules;

impl Shell {
    pub(crate) fn disk_program(&mut self, name: &str, args: &[Text]) {
        let asks = args.iter().any(|arg| matches!(arg.text.as_str(), "-V" | "--version" | "--help" | "-h"));
        let formats = name == "mkfs"
            || name.starts_with("mkfs.")
            || name.starts_with("newfs")
            || matches!(
                name,
                "mke2fs" | "mkntfs" | "mkdosfs" | "mkswap" | "mkreiserfs" | "mkudffs" | "mkexfatfs"
            );
        if formats && !asks && !args.is_empty() {
            self.report(&rules::MKFS, format!("`{name}` makes a file system where there was data"));
            return;
        }
        let words: Vec<&str> = args.iter().map(|arg| arg.text.as_str()).collect();
        let any = |wanted: &[&str]| words.iter().any(|word| wanted.contains(word));
        let starts =
            |wanted: &[&str]| words.iter().any(|word| wanted.iter().any(|start| word.starts_with(start)));
        let destroys = match name {
            "wipefs" => starts(&["-a", "--all", "-f", "-o", "--offset", "-af", "-fa"]),
            "sgdisk" => starts(&[
                "-Z", "-z", "-o", "-n", "-d", "-t", "--zap", "--clear", "--new", "--delete", "-g", "-G",
            ]),
            "parted" => any(&["mklabel", "mktable", "mkpart", "rm", "resizepart", "mkpartfs"]),
            "fdisk" | "cfdisk" | "sfdisk" | "gdisk" => !starts(&["-l", "--list", "-s", "-d", "--dump", "-J"]),
            "badblocks" => {
                starts(&["-w", "-n", "-sw", "-ws", "-vw", "-wv"])
                    || words.iter().any(|w| w.starts_with('-') && w.contains('w'))
            }
            "blkdiscard" | "pvcreate" | "pvremove" | "ddrescue" | "scrub" => true,
            "hdparm" => starts(&["--security-erase", "--write-sector", "--trim-sector", "--make-bad-sector"]),
            "cryptsetup" => any(&["luksFormat", "luksErase", "erase", "reencrypt", "format"]),
            "nvme" => any(&["format", "sanitize", "write-zeroes"]),
            "mdadm" => starts(&["--zero-superblock", "--create", "-C"]),
            "zpool" => any(&["destroy", "create", "labelclear"]),
            "vgremove" | "lvremove" | "dmsetup" => any(&["-f", "-y", "remove", "wipe_table"]),
            "debugfs" => any(&["-w"]),
            _ => false,
        };
        if destroys
            && (self.names_device(args) || matches!(name, "vgremove" | "lvremove" | "zpool" | "dmsetup"))
        {
            self.report(&rules::MKFS, format!("`{name}` destroys what is on a disk"));
        }
    }

    fn names_device(&self, args: &[Text]) -> bool {
        args.iter().any(|arg| {
            arg.text.starts_with('/')
                && paths::area(&paths::resolve(&self.cwd.text, &arg.text)) == Area::Device
        })
    }
}
