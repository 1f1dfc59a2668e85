//! The clients: which file each reads, and what it calls things there.

use std::path::PathBuf;

use clap::ValueEnum;
use serde_json::{Value, json};

use super::{configuration, home, of_project};

/// A client that starts servers which its configuration names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Client {
    /// Claude Desktop
    ClaudeDesktop,
    /// Claude Code
    ClaudeCode,
    /// Cursor
    Cursor,
    /// Visual Studio Code
    Vscode,
    /// Zed
    Zed,
}

impl Client {
    /// What it is called on the command line.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::ClaudeDesktop => "claude-desktop",
            Self::ClaudeCode => "claude-code",
            Self::Cursor => "cursor",
            Self::Vscode => "vscode",
            Self::Zed => "zed",
        }
    }

    /// The file: the user's, or that of the project in the working directory where the client has one.
    pub(super) fn file(self, project: bool) -> Option<PathBuf> {
        Some(match (self, project) {
            (Self::ClaudeDesktop, true) => return None,
            (Self::ClaudeDesktop, false) => configuration().join("Claude/claude_desktop_config.json"),
            (Self::ClaudeCode, true) => of_project(".mcp.json"),
            (Self::ClaudeCode, false) => home().join(".claude.json"),
            (Self::Cursor, true) => of_project(".cursor/mcp.json"),
            (Self::Cursor, false) => home().join(".cursor/mcp.json"),
            (Self::Vscode, true) => of_project(".vscode/mcp.json"),
            (Self::Vscode, false) => configuration().join("Code/User/mcp.json"),
            (Self::Zed, true) => of_project(".zed/settings.json"),
            (Self::Zed, false) => configuration().join("zed/settings.json"),
        })
    }

    /// The member of the file that holds servers by name.
    pub(super) fn key(self) -> &'static str {
        match self {
            Self::ClaudeDesktop | Self::ClaudeCode | Self::Cursor => "mcpServers",
            Self::Vscode => "servers",
            Self::Zed => "context_servers",
        }
    }

    /// A server that is started by a command.
    pub(super) fn entry(self, command: &str, arguments: &[&str]) -> Value {
        match self {
            Self::ClaudeDesktop | Self::Cursor => json!({ "command": command, "args": arguments }),
            Self::ClaudeCode | Self::Vscode => {
                json!({ "type": "stdio", "command": command, "args": arguments })
            }
            Self::Zed => json!({ "source": "custom", "command": command, "args": arguments, "env": {} }),
        }
    }
}
