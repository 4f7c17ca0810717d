//! The task of one connection. It listens for pongs and for the client's leaving, and it speaks whenever the hub does
//! not: at the start, when the socket is full, and while it catches up from storage.

use std::future::Future;
use std::io::{self, IoSlice};
use std::net::Shutdown;
use std::sync::atomic::Ordering;
use std::time::Duration;

use bytes::Bytes;
use futures_util::future::BoxFuture;
use hyper::upgrade::OnUpgrade;
use hyper_util::rt::TokioIo;
use socket2::SockRef;
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout, timeout_at};

use super::FeedError;
use super::channel::{self, PAGE_LEN};
use super::frame::{self, Heard, Inbound};
use super::hub::Seat;
use super::lane::{Batch, Next};
use super::protocol::{self, Close, ResyncReason, Start};
use crate::listener::Connection;

/// Time from the decision to upgrade until the socket is ours.
const UPGRADE_LIMIT: Duration = Duration::from_secs(10);
/// Time for a frame or message of the client from its first byte to its last.
const INBOUND_LIMIT: Duration = Duration::from_secs(20);
/// Time for the client to answer our close frame.
const CLOSE_LIMIT: Duration = Duration::from_secs(1);
/// Time for one read of storage.
pub(super) const STORAGE_LIMIT: Duration = Duration::from_secs(5);
/// Tries to read storage before the client is sent away to come back: about six seconds in all.
const STORAGE_TRIES: u32 = 6;
/// Pause after the first failed try; it doubles.
const STORAGE_PAUSE: Duration = Duration::from_millis(100);
/// Bytes read from the socket at once. Clients send pongs.
const PIECE_LEN: usize = 512;
/// Pieces that are handed to one write.
const SLICES_MAX: usize = 16;
/// Bytes that the kernel holds for one feed. It doubles the figure for its own needs, and would else grow it to
/// megabytes for every slow reader.
const SEND_BUFFER: usize = 64 * 1024;

/// Serves one feed to its end. Its lane knows where to start; `epoch` is that of the numbers it starts with.
pub(super) async fn run(seat: Seat, upgrade: OnUpgrade, epoch: String) {
    let Ok(Ok(upgraded)) = timeout(UPGRADE_LIMIT, upgrade).await else { return };
    let Ok(parts) = upgraded.downcast::<TokioIo<Connection>>() else {
        tracing::error!("feed was opened on a connection that the listener did not accept");
        return;
    };
    let (stream, _permit) = parts.io.into_inner().into_parts();
    if let Err(error) = SockRef::from(&stream).set_send_buffer_size(SEND_BUFFER) {
        tracing::debug!(%error, "send buffer keeps its size");
    }
    let stream = seat.subscriber.stream.get_or_init(|| stream);

    let feed = Feed { seat: &seat, stream };
    let close = tokio::select! {
        close = feed.listen(parts.read_buf) => close,
        close = feed.speak(&epoch) => close,
    };
    feed.finish(close).await;
}

struct Feed<'a> {
    seat: &'a Seat,
    stream: &'a TcpStream,
}

impl Feed<'_> {
    /// Hears the client until it leaves or breaks the protocol. `early` came with the handshake.
    async fn listen(&self, early: Bytes) -> Close {
        let mut inbound = Inbound::default();
        if let Err(close) = self.hear(&mut inbound, &early) {
            return close;
        }
        // Even empty it holds the 8 KiB in which hyper read the request.
        drop(early);

        let mut deadline = None;
        loop {
            if inbound.is_amid() {
                let deadline = *deadline.get_or_insert_with(|| Instant::now() + INBOUND_LIMIT);
                if timeout_at(deadline, self.stream.readable()).await.is_err() {
                    return Close::TooMuch;
                }
            } else {
                deadline = None;
                if self.stream.readable().await.is_err() {
                    return Close::Left;
                }
            }
            if let Err(close) = self.read(&mut inbound) {
                return close;
            }
        }
    }

    fn read(&self, inbound: &mut Inbound) -> Result<(), Close> {
        let mut piece = [0; PIECE_LEN];
        match self.stream.try_read(&mut piece) {
            Ok(0) => Err(Close::Left),
            Ok(count) => self.hear(inbound, &piece[..count]),
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => Ok(()),
            Err(_) => Err(Close::Left),
        }
    }

    fn hear(&self, inbound: &mut Inbound, bytes: &[u8]) -> Result<(), Close> {
        let heard = inbound.read(bytes)?;
        let pong = heard.iter().rev().find_map(|heard| match heard {
            Heard::Ping(payload) => Some(frame::pong(payload)),
            _ => None,
        });
        let (answers, leaves) = (pong.is_some(), heard.iter().any(|heard| matches!(heard, Heard::Close(_))));
        self.seat.subscriber.lane().heard(heard.len(), pong)?;
        if leaves {
            return Err(Close::Left);
        }
        if answers {
            self.seat.subscriber.wake.notify_one();
        }
        Ok(())
    }

    /// Does what the lane asks for until the feed ends.
    async fn speak(&self, epoch: &str) -> Close {
        let mut tries = 0;
        loop {
            let next = self.seat.subscriber.lane().next();
            let done = match next {
                Next::Resync => self.resync(epoch).await,
                Next::Read => self.read_on(&mut tries).await,
                Next::Flush => self.flush().await,
                Next::Rest => {
                    self.seat.subscriber.wake.notified().await;
                    Ok(())
                }
                Next::End(close) => Err(close),
            };
            if let Err(close) = done {
                return close;
            }
        }
    }

    /// Tells a client whose queue overflowed, and goes on from what it was sent last.
    async fn resync(&self, epoch: &str) -> Result<(), Close> {
        let position = self.ask(|| self.seat.hub.source.position(self.seat.channel.event)).await?;
        self.seat.hub.overflows.fetch_add(1, Ordering::Relaxed);
        metrics::counter!("guestguard_feed_overflows_total").increment(1);

        let sent = self.seat.subscriber.lane().sent();
        let start = match protocol::start(Some(sent), Some(epoch), &position) {
            Start::After(seq) => Start::Resync(seq, ResyncReason::Overflow),
            resync @ Start::Resync(..) => resync,
        };
        self.seat.start(&start, &position);
        Ok(())
    }

    async fn read_on(&self, tries: &mut u32) -> Result<(), Close> {
        if self.read_page().await? {
            *tries = 0;
            return Ok(());
        }
        // Something was published that storage does not show yet.
        if *tries >= STORAGE_TRIES {
            return Err(Close::Unavailable);
        }
        self.unless_ended(tokio::time::sleep(STORAGE_PAUSE * 2_u32.pow(*tries))).await?;
        *tries += 1;
        Ok(())
    }

    /// Gives the lane the next page of storage, or makes it live where there is none. Says whether it got on.
    async fn read_page(&self) -> Result<bool, Close> {
        let sent = self.seat.subscriber.lane().sent();
        let (event, view) = (self.seat.channel.event, self.seat.channel.view);
        let mut page = self.ask(|| self.seat.hub.source.after(event, view, sent, PAGE_LEN)).await?;
        page.retain(|message| message.seq > sent);
        if page.is_empty() {
            return Ok(self.seat.channel.go_live(&self.seat.subscriber));
        }
        self.seat.subscriber.lane().give_batch(&Batch::encode(sent, &page));
        if page.len() < PAGE_LEN {
            // Where more was published meanwhile, the next turn reads on.
            self.seat.channel.go_live(&self.seat.subscriber);
        }
        Ok(true)
    }

    async fn ask<'s, T>(
        &self,
        question: impl Fn() -> BoxFuture<'s, Result<T, FeedError>>,
    ) -> Result<T, Close> {
        for tries in 0..STORAGE_TRIES {
            let turn = self.unless_ended(self.seat.hub.catch_ups.acquire()).await?;
            let answer = self.unless_ended(timeout(STORAGE_LIMIT, question())).await?;
            drop(turn);
            match answer {
                Ok(Ok(answer)) => return Ok(answer),
                Ok(Err(FeedError::EventGone)) => return Err(Close::EventGone),
                Ok(Err(FeedError::Unavailable)) | Err(_) => {
                    self.unless_ended(tokio::time::sleep(STORAGE_PAUSE * 2_u32.pow(tries))).await?;
                }
            }
        }
        Err(Close::Unavailable)
    }

    /// Writes what waits. Whoever takes nothing for the write time-out is too slow.
    async fn flush(&self) -> Result<(), Close> {
        while self.write_some()? {
            let limit = self.seat.hub.limits.write_limit;
            match self.unless_ended(timeout(limit, self.stream.writable())).await? {
                Ok(Ok(())) => {}
                Ok(Err(_)) => return Err(Close::Left),
                Err(_) => return Err(Close::TooSlow),
            }
        }
        Ok(())
    }

    /// Writes once, and says whether more waits.
    fn write_some(&self) -> Result<bool, Close> {
        let mut lane = self.seat.subscriber.lane();
        let slices: Vec<IoSlice<'_>> =
            lane.unsent().take(SLICES_MAX).map(|bytes| IoSlice::new(bytes)).collect();
        if slices.is_empty() {
            return Ok(false);
        }
        match self.stream.try_write_vectored(&slices) {
            Ok(count) => lane.wrote(count),
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
            Err(_) => return Err(Close::Left),
        }
        Ok(lane.next() == Next::Flush)
    }

    async fn unless_ended<T>(&self, work: impl Future<Output = T>) -> Result<T, Close> {
        tokio::pin!(work);
        loop {
            tokio::select! {
                biased;
                done = &mut work => return Ok(done),
                () = self.seat.subscriber.wake.notified() => {
                    if let Next::End(close) = self.seat.subscriber.lane().next() {
                        return Err(close);
                    }
                }
            }
        }
    }

    /// Says why, waits a moment for the client to hear it, and lets go.
    async fn finish(&self, close: Close) {
        let may_speak = {
            let mut lane = self.seat.subscriber.lane();
            lane.end(close);
            lane.is_between_frames()
        };
        if may_speak {
            // A full socket does not hear the reason; the client comes back as after any broken connection.
            let _ = self.stream.try_write(&channel::close_frame(close));
        }
        let _ = SockRef::from(self.stream).shutdown(Shutdown::Write);
        let _ = timeout(CLOSE_LIMIT, self.discard()).await;
    }

    /// Reads to the end, so that the kernel does not answer unread bytes with a reset that overtakes the close frame.
    async fn discard(&self) {
        let mut piece = [0; PIECE_LEN];
        while self.stream.readable().await.is_ok() {
            match self.stream.try_read(&mut piece) {
                Ok(0) => return,
                Ok(_) => {}
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                Err(_) => return,
            }
        }
    }
}
