//! The program that stands between the host and the code it runs.
#![no_std]
