//! Proxies between a tool and a server: one that answers as something other than Ory, and a slow one. Random faults
//! are in [`super::unreliable`].

use std::{
    io::{Read, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
        mpsc,
    },
    thread,
    time::Duration,
};

/// A server of one behaviour, gone when dropped.
pub struct Stub {
    address: SocketAddr,
    stopped: Arc<AtomicBool>,
    seen: mpsc::Receiver<String>,
}

impl Stub {
    fn start(answer: impl Fn(&str, &[u8]) -> Vec<u8> + Send + Sync + 'static) -> Stub {
        Stub::streaming(move |asked, request, client| {
            // Whoever is gone does not have to hear it.
            let _ = client.write_all(&answer(asked, request));
        })
    }

    /// Does as it likes with each request: its first line, all of it, and where the answer goes.
    pub fn streaming(answer: impl Fn(&str, &[u8], &mut TcpStream) + Send + Sync + 'static) -> Stub {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = listener.local_addr().expect("an address");
        let stopped = Arc::new(AtomicBool::new(false));
        let (sender, seen) = mpsc::channel();
        let (stop, answer) = (stopped.clone(), Arc::new(answer));
        thread::spawn(move || {
            for stream in listener.incoming() {
                if stop.load(Ordering::SeqCst) {
                    return;
                }
                let (Ok(stream), answer, sender) = (stream, answer.clone(), sender.clone()) else { continue };
                thread::spawn(move || serve(stream, &*answer, &sender));
            }
        });
        Stub { address, stopped, seen }
    }

    /// Answers every request alike.
    pub fn answering(status: &'static str, kind: &'static str, body: &'static str) -> Stub {
        Stub::start(move |_, _| {
            format!("HTTP/1.1 {status}\r\ncontent-type: {kind}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}", body.len())
                .into_bytes()
        })
    }

    /// Passes requests on, those with this method only after a while.
    pub fn slow(to: &str, method: &'static str, pause: Duration) -> Stub {
        let to = to.trim_start_matches("http://").to_owned();
        Stub::start(move |asked, request| {
            if asked.starts_with(method) {
                thread::sleep(pause);
            }
            let mut upstream = TcpStream::connect(&to).expect("the server behind listens");
            upstream.write_all(request).expect("the server behind reads");
            let mut answer = Vec::new();
            upstream.read_to_end(&mut answer).expect("the server behind answers");
            answer
        })
    }

    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    pub fn port(&self) -> u16 {
        self.address.port()
    }

    /// Whether nobody has asked for anything since the last time.
    pub fn is_untouched(&self) -> bool {
        self.seen.try_iter().count() == 0
    }

    /// Waits until a request with this method and path has come.
    #[track_caller]
    pub fn wait_for(&self, asked: &str) {
        loop {
            match self.seen.recv_timeout(super::process::PATIENCE) {
                Ok(seen) if seen.starts_with(asked) => return,
                Ok(_) => {}
                Err(_) => panic!("nobody asked {asked}"),
            }
        }
    }
}

impl Drop for Stub {
    fn drop(&mut self) {
        self.stopped.store(true, Ordering::SeqCst);
        // Wakes the thread that accepts.
        let _ = TcpStream::connect(self.address);
    }
}

/// One request and its answer; then the connection is closed.
fn serve(mut stream: TcpStream, answer: &dyn Fn(&str, &[u8], &mut TcpStream), seen: &mpsc::Sender<String>) -> Option<()> {
    let mut request = Vec::new();
    let mut chunk = [0; 4096];
    let head = loop {
        match stream.read(&mut chunk).ok()? {
            0 => return None,
            read => request.extend_from_slice(&chunk[..read]),
        }
        if let Some(end) = request.windows(4).position(|window| window == b"\r\n\r\n") {
            break end;
        }
    };
    let text = String::from_utf8_lossy(&request[..head]).into_owned();
    let length = text.lines().find_map(|line| line.to_ascii_lowercase().strip_prefix("content-length:")?.trim().parse::<usize>().ok());
    while request.len() < head + 4 + length.unwrap_or(0) {
        match stream.read(&mut chunk).ok()? {
            0 => return None,
            read => request.extend_from_slice(&chunk[..read]),
        }
    }
    let asked = text.lines().next().unwrap_or_default().to_owned();
    // Nobody has to listen.
    let _ = seen.send(asked.clone());
    // One request a connection, in both directions.
    let mut passed = text.into_bytes();
    passed.extend_from_slice(b"\r\nconnection: close\r\n\r\n");
    passed.extend_from_slice(&request[head + 4..]);
    answer(&asked, &passed, &mut stream);
    Some(())
}
