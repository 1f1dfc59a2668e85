//! Sees a run through on the host's side: moves the bytes, keeps the deadline, hears how it ended.
//!
//! One future does it all, without a task or a thread of its own: dropping it closes the socket to init, which
//! ends the run.

use std::future::Future;
use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::pin::pin;
use std::time::Duration;

use code_execute_init::protocol::{Answer, Cause, Ended, Failure, Finished, GO, KILL_BOUND_MS, Stage};
use tokio::net::unix::pipe::{Receiver, Sender};
use tokio::time::{Instant, sleep_until, timeout};

use super::capture::Capture;
use super::code_file::CodeFile;
use super::control::Control;
use super::launcher::{Connection, Place, Theirs};
use super::request::Worded;
use super::rescue::Marks;
use super::seat::Seat;
use super::{RunError, enforcement};
use crate::sandbox::missing::Missing;
use crate::terms::Terms;
use crate::{Limits, Outcome, Termination, Usage};

/// What is read at once: half of a pipe's usual capacity.
const CHUNK: usize = 32 << 10;
/// How long init may take to answer after it was told to kill: its own bound, and time to be scheduled.
const ANSWER: Duration = Duration::from_millis(KILL_BOUND_MS + 2_000);
/// How long the end of the output may lag behind the end of all processes. It is there at once, unless a process
/// outside of the run was handed a stream.
const DRAIN: Duration = Duration::from_secs(1);
/// How long init may take to go away after its last word.
const GOODBYE: Duration = Duration::from_secs(1);

/// A run under way, from the birth of its init.
#[derive(Debug)]
pub(super) struct Watch {
    control: Control,
    /// The run's ends, until it is asked for.
    theirs: Option<Theirs>,
    place: Place,
    streams: [Stream; 2],
    input: Option<Input>,
    limits: Limits,
    seat: Seat,
    marks: Marks,
}

/// Why the host ended a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Order {
    Deadline,
    Output,
    Stop,
}

/// One output stream.
#[derive(Debug)]
struct Stream {
    pipe: Option<Receiver>,
    capture: Capture,
}

/// The program's input.
#[derive(Debug)]
struct Input {
    pipe: Sender,
    bytes: Vec<u8>,
    written: usize,
    /// Our copy of the program's end. As long as it is open, a program that does not read makes us wait, where
    /// writing to a pipe without a reader would raise SIGPIPE and could end this process.
    reader: OwnedFd,
}

impl Watch {
    pub(super) fn new(connection: Connection, terms: &Terms, seat: Seat) -> Result<Self, RunError> {
        let connect = |source| RunError::Io { attempt: "connect to the program", source };
        let Connection { control, stdout, stderr, theirs, place } = connection;
        let marks = Marks::of_streams(&[&stdout, &stderr]).map_err(connect)?;
        let stream = |pipe: OwnedFd| {
            let pipe = Some(Receiver::from_owned_fd(pipe)?);
            Ok(Stream { pipe, capture: Capture::new(&terms.limits) })
        };
        let streams = [stream(stdout.into()).map_err(connect)?, stream(stderr.into()).map_err(connect)?];
        let input = terms.has_input.then(Input::open).transpose().map_err(connect)?;
        let control = Control::new(control).map_err(connect)?;
        Ok(Self {
            control,
            theirs: Some(theirs),
            place,
            streams,
            input,
            limits: terms.limits.clone(),
            seat,
            marks,
        })
    }

    /// Asks for the run. `null` is what a program reads that is given no input.
    pub(super) fn request(&mut self, worded: &Worded, null: &OwnedFd) -> Result<(), RunError> {
        let Some(theirs) = self.theirs.take() else { return Ok(()) };
        let stdin = self.input.as_ref().map_or(null, |input| &input.reader);
        self.place
            .ask(&worded.request, theirs, stdin.as_fd(), worded.block.as_fd())
            .map_err(|source| RunError::Io { attempt: "send the request to the init program", source })
    }

    /// Says that the code file may be read, and what the program's input is.
    pub(super) fn go(&mut self, code_file: &CodeFile, stdin: Vec<u8>) -> Result<(), RunError> {
        if let Some(input) = &mut self.input {
            input.bytes = stdin;
        }
        self.control
            .send(&GO, &[code_file.lock()])
            .map_err(|source| RunError::Io { attempt: "let the init program go on", source })
    }

    /// Waits for the end of the run, and brings it about at the deadline, at too much output, or at `stop`.
    pub(super) async fn see_through(mut self, stop: impl Future<Output = ()>) -> Result<Outcome, RunError> {
        let mut order = None;
        let mut finished = None;
        let mut stop = pin!(stop);
        let mut timer = pin!(sleep_until(Instant::now() + self.limits.timeout()));
        let mut space = vec![0; CHUNK];
        loop {
            let [stdout, stderr] = &mut self.streams;
            if finished.is_some() && stdout.pipe.is_none() && stderr.pipe.is_none() {
                break;
            }
            let mut ordered = None;
            // Between the order and the end nothing is read: a flood then waits for room, and does not run on for as
            // long as it takes to kill it.
            let reads = order.is_none() || finished.is_some();
            tokio::select! {
                answer = self.control.answer(), if finished.is_none() => match answer {
                    Ok(Some(Answer::Started { pid })) => self.marks.add_group(pid),
                    Ok(Some(Answer::Finished(answer))) => {
                        finished = Some(answer);
                        timer.as_mut().reset(Instant::now() + DRAIN);
                    }
                    Ok(Some(Answer::SetupFailed(failure))) => return Err(self.not_set_up(failure)),
                    Ok(None) | Err(_) => return Err(self.lost().await),
                },
                () = stdout.readable(), if reads && stdout.pipe.is_some() => stdout.take_in(&mut space),
                () = stderr.readable(), if reads && stderr.pipe.is_some() => stderr.take_in(&mut space),
                done = Input::advance(&mut self.input), if self.input.is_some() => if done {
                    self.input = None;
                },
                () = &mut timer => match (&finished, order) {
                    (Some(_), _) => break,
                    (None, Some(_)) => return Err(self.lost().await),
                    (None, None) => ordered = Some(Order::Deadline),
                },
                () = &mut stop, if order.is_none() && finished.is_none() => ordered = Some(Order::Stop),
            }
            if order.is_none() && self.too_much_output() {
                ordered = Some(Order::Output);
            }
            if let (None, None, Some(why)) = (&finished, order, ordered) {
                order = Some(why);
                self.control.order_end();
                timer.as_mut().reset(Instant::now() + ANSWER);
            }
        }
        let Some(finished) = finished else { return Err(self.lost().await) };
        // Init's own end is not waited for: it has nothing left to do, and the runtime takes it in.
        Ok(self.outcome(&finished, order))
    }

    fn too_much_output(&self) -> bool {
        let total: u64 = self.streams.iter().map(|stream| stream.capture.total()).sum();
        total > self.limits.output_stop_bytes
    }

    fn outcome(self, finished: &Finished, order: Option<Order>) -> Outcome {
        let termination = match (finished.cause, finished.ended, order) {
            // Whether it ended by itself in the same moment or not: it wrote more than it may.
            _ if self.too_much_output() => Termination::OutputExceeded,
            (Cause::Ended, Ended::Exited(code), _) => Termination::Exited(code),
            (Cause::Ended, Ended::Signaled(signal), _) => Termination::Signaled(signal),
            (Cause::Memory, ..) => Termination::MemoryExceeded,
            (Cause::Backup, ..) | (_, _, Some(Order::Deadline)) => Termination::TimedOut,
            (Cause::Ended | Cause::Ordered, ..) => Termination::Cancelled,
        };
        let drained = self.streams.iter().all(|stream| stream.pipe.is_none());
        let [stdout, stderr] = self.streams;
        Outcome {
            termination,
            stdout: stdout.capture.finish(),
            stderr: stderr.capture.finish(),
            usage: Usage {
                wall: Duration::from_nanos(finished.wall_ns),
                cpu: Duration::from_micros(finished.cpu_us),
                peak_memory_bytes: finished.peak_memory_bytes,
            },
            enforcement: enforcement::of(finished, &self.seat, drained),
        }
    }

    fn not_set_up(&self, failure: Failure) -> RunError {
        let Failure { stage, errno, at } = failure;
        let source = match (stage, errno) {
            (Stage::Vanished, _) => io::Error::other("its process ended before the program's start"),
            (_, errno) => io::Error::from_raw_os_error(errno),
        };
        if let Some(level) = self.seat.level()
            && let Some(missing) = Missing::explain(stage, errno)
        {
            return RunError::Missing { level, missing, stage: stage.name(), source };
        }
        RunError::SetupFailed { stage: stage.name(), path: self.seat.path_of(at), source }
    }

    /// Init is gone or silent. Ends it for certain, and whatever of the run is still found.
    async fn lost(self) -> RunError {
        self.place.end();
        // Its end closes the socket; what it said before is of no interest any more.
        let gone = async { while let Ok(Some(_)) = self.control.answer().await {} };
        let _ = timeout(GOODBYE, gone).await;
        let ended = self.marks.end().await;
        self.place.remove_groups().await;
        RunError::InitLost { ended }
    }
}

impl Stream {
    /// Waits until there is something to take in. May be dropped and called again.
    async fn readable(&self) {
        if let Some(pipe) = &self.pipe {
            // An error is met again, and treated, by the read that follows.
            let _ = pipe.readable().await;
        }
    }

    /// Takes in what has come; closes the stream at its end.
    fn take_in(&mut self, space: &mut [u8]) {
        let Some(pipe) = &self.pipe else { return };
        match pipe.try_read(space) {
            Ok(count @ 1..) => self.capture.push(space.get(..count).unwrap_or_default()),
            Err(error) if matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::Interrupted) => {}
            Ok(0) | Err(_) => self.pipe = None,
        }
    }
}

impl Input {
    fn open() -> io::Result<Self> {
        let (reader, writer) = io::pipe()?;
        let pipe = Sender::from_owned_fd(writer.into())?;
        Ok(Self { pipe, bytes: Vec::new(), written: 0, reader: reader.into() })
    }

    /// Waits for room and writes; says whether all is written, or nothing more can be. May be dropped and called again.
    async fn advance(input: &mut Option<Self>) -> bool {
        let Some(input) = input else { return true };
        let rest = input.bytes.get(input.written..).unwrap_or_default();
        if rest.is_empty() || input.pipe.writable().await.is_err() {
            return true;
        }
        match input.pipe.try_write(rest) {
            Ok(count) => {
                input.written += count;
                input.written == input.bytes.len()
            }
            Err(error) => !matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::Interrupted),
        }
    }
}
