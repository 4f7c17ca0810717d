//! A wire that can be made slow.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

/// How much later what is behind it answers while it is slow: many deadlines.
const SLOWNESS: Duration = Duration::from_secs(2);

/// An address that passes bytes on to `engine`, and what it answers much later while `slow`.
pub(crate) async fn delaying(engine: SocketAddr, slow: Arc<AtomicBool>) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((client, _)) = listener.accept().await {
            let Ok(engine) = TcpStream::connect(engine).await else { continue };
            let ((mut asks, mut hears), (mut answers, mut listens)) =
                (client.into_split(), engine.into_split());
            tokio::spawn(async move { tokio::io::copy(&mut asks, &mut listens).await });
            let slow = slow.clone();
            tokio::spawn(async move {
                let mut buffer = [0; 16 * 1024];
                while let Ok(read @ 1..) = answers.read(&mut buffer).await {
                    if slow.load(Ordering::SeqCst) {
                        tokio::time::sleep(SLOWNESS).await;
                    }
                    if hears.write_all(&buffer[..read]).await.is_err() {
                        break;
                    }
                }
            });
        }
    });
    address
}
