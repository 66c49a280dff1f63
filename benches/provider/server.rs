//! The emulator, in a thread of its own while a tool runs.

use janiform::emulator::{Options, Running, limit::BucketLimit, start, switches::Switches, tally::Summary};
use std::{sync::mpsc, thread, time::Duration};

/// What kind of server is asked.
#[derive(Clone, Default)]
pub struct Kind {
    pub latency: Duration,
    pub limits: Vec<BucketLimit>,
    /// What projects meet.
    pub console: Switches,
}

/// A running one. It ends with this.
pub struct Server {
    running: Running,
}

impl Kind {
    pub fn start(&self) -> Server {
        let options = Options { latency: self.latency, limits: self.limits.clone(), console: self.console.clone(), ..Options::default() };
        let (sender, started) = mpsc::channel();
        thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async {
                sender.send(start(options).await.unwrap()).unwrap();
                std::future::pending::<()>().await;
            });
        });
        Server { running: started.recv().unwrap() }
    }
}

impl Server {
    pub fn url(&self) -> String {
        self.running.url()
    }

    /// What was asked since this was last called.
    pub fn asked(&self) -> Summary {
        self.running.take_summary()
    }
}
