//! One accepted connection, which holds its place among the permitted ones.

use std::{
    io,
    pin::Pin,
    task::{Context, Poll},
};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tonic::transport::server::Connected;

/// A desk's connection: its stream, what is known of the peer, and what it holds while it lives.
#[derive(Debug)]
pub(super) struct Connection<S, I, H> {
    stream: S,
    peer: I,
    _held: H,
}

impl<S, I, H> Connection<S, I, H> {
    pub(super) fn new(stream: S, peer: I, held: H) -> Self {
        Self {
            stream,
            peer,
            _held: held,
        }
    }
}

impl<S, I, H> Connected for Connection<S, I, H>
where
    I: Clone + Send + Sync + 'static,
{
    type ConnectInfo = I;

    fn connect_info(&self) -> I {
        self.peer.clone()
    }
}

impl<S, I, H> AsyncRead for Connection<S, I, H>
where
    S: AsyncRead + Unpin,
    Self: Unpin,
{
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl<S, I, H> AsyncWrite for Connection<S, I, H>
where
    S: AsyncWrite + Unpin,
    Self: Unpin,
{
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(context, slices)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }
}
