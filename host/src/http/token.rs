//! The secret that requests must show.

use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;

/// A token has at least so many characters: 16 random ones cannot be guessed.
const LEAST: usize = 16;

/// A secret that requests show as `Authorization: Bearer`. Only its hash is kept.
#[derive(Clone)]
pub struct Token([u8; 32]);

/// Why a text is no token.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TokenError {
    /// It could be guessed.
    #[error("a token has at least {LEAST} characters, not {found}")]
    Short {
        /// How many it has.
        found: usize,
    },
    /// It could not be sent in a header.
    #[error("a token has ASCII letters, digits and punctuation only; character {at} is none")]
    Character {
        /// Which one, counted from 1.
        at: usize,
    },
}

impl Token {
    /// Takes a secret; white space around it, such as a file's last newline, is no part of it.
    ///
    /// # Errors
    ///
    /// [`TokenError`] for one that is too short, or that no header can carry.
    pub fn new(secret: &str) -> Result<Self, TokenError> {
        let secret = secret.trim();
        if let Some(at) = secret.chars().position(|character| !character.is_ascii_graphic()) {
            return Err(TokenError::Character { at: at + 1 });
        }
        if secret.len() < LEAST {
            return Err(TokenError::Short { found: secret.len() });
        }
        Ok(Self(Sha256::digest(secret).into()))
    }

    /// Whether it is the one that was shown. Takes as long for any: hashes are compared, and all of them.
    pub(super) fn is(&self, shown: &[u8]) -> bool {
        let shown: [u8; 32] = Sha256::digest(shown).into();
        self.0.ct_eq(&shown).into()
    }
}

impl std::fmt::Debug for Token {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Token")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn token_is_what_was_shown_and_nothing_else() {
        let token = Token::new(" 0123456789abcdef\n").unwrap();
        assert!(token.is(b"0123456789abcdef"));
        for other in ["", "0123456789abcdeg", "0123456789abcdef0", "0123456789abcde"] {
            assert!(!token.is(other.as_bytes()), "{other}");
        }
        assert_eq!(format!("{token:?}"), "Token");
    }

    #[test]
    fn secret_that_is_guessed_or_cannot_be_sent_is_none() {
        assert_eq!(Token::new("short").unwrap_err(), TokenError::Short { found: 5 });
        assert_eq!(Token::new("0123456789 abcdef").unwrap_err(), TokenError::Character { at: 11 });
    }
}
