//! A real browser without a screen, driven by its DevTools protocol over a pipe.
//!
//! Knows tabs, keys, scripts and pictures, and nothing of the page under test. Records errors of the
//! page and the hosts of its requests.

use super::{Scratch, environment, process::PATIENCE, required};
use base64::Engine as _;
use serde_json::{Value as Json, json};
use std::{
    io::{BufRead as _, BufReader, Write as _},
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

/// A browser with one tab; it ends when dropped.
pub struct Browser {
    child: Child,
    to: ChildStdin,
    from: BufReader<ChildStdout>,
    session: Option<String>,
    last: u64,
    /// Errors and warnings that the page caused.
    pub complaints: Vec<String>,
    /// The URLs that the page asked.
    pub asked: Vec<String>,
    _scratch: Scratch,
}

impl Browser {
    /// As wide and as high as this.
    pub fn start(width: u32, height: u32) -> Browser {
        Browser::start_with(width, height, &[])
    }

    /// With further arguments of its command line.
    pub fn start_with(width: u32, height: u32, more: &[&str]) -> Browser {
        let scratch = Scratch::new();
        // The protocol is on the descriptors 3 and 4, which the shell makes of the pipes that there are.
        let mut child = Command::new("sh")
            .args(["-c", "exec \"$@\" 3<&0 4>&1 </dev/null >/dev/null 2>&1", "sh"])
            .arg(required("JANIFORM_CHROMIUM"))
            .args(["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"])
            .args(["--disable-component-update", "--disable-sync", "--disable-dev-shm-usage", "--remote-debugging-pipe"])
            .arg(format!("--user-data-dir={}", scratch.dir("profile").display()))
            .args(more)
            .env_clear()
            .envs(environment(&scratch))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("a browser that starts");
        let (to, from) = (child.stdin.take().expect("a pipe"), BufReader::new(child.stdout.take().expect("a pipe")));
        let (complaints, asked) = (Vec::new(), Vec::new());
        let mut browser = Browser { child, to, from, session: None, last: 0, complaints, asked, _scratch: scratch };
        let target = browser.call("Target.createTarget", json!({ "url": "about:blank" }));
        let attached = browser.call("Target.attachToTarget", json!({ "targetId": target["targetId"], "flatten": true }));
        browser.session = attached["sessionId"].as_str().map(str::to_owned);
        ["Page.enable", "Runtime.enable", "Network.enable", "Log.enable"].iter().for_each(|method| drop(browser.call(method, json!({}))));
        browser.resize(width, height);
        browser
    }

    /// Calls a method of the protocol.
    #[track_caller]
    pub fn call(&mut self, method: &str, params: Json) -> Json {
        self.last += 1;
        let mut message = json!({ "id": self.last, "method": method, "params": params });
        if let Some(session) = &self.session {
            message["sessionId"] = json!(session);
        }
        self.to.write_all(format!("{message}\0").as_bytes()).expect("the browser listens");
        loop {
            let mut bytes = Vec::new();
            self.from.read_until(0, &mut bytes).expect("the browser speaks");
            assert_eq!(bytes.pop(), Some(0), "the browser ended at {method}");
            let answer: Json = serde_json::from_slice(&bytes).expect("JSON");
            if answer["id"] == self.last {
                assert!(answer["error"].is_null(), "{method}: {answer}");
                return answer["result"].clone();
            }
            self.note(&answer);
        }
    }

    fn note(&mut self, event: &Json) {
        let params = &event["params"];
        match event["method"].as_str() {
            Some("Runtime.exceptionThrown") => self.complaints.push(params["exceptionDetails"].to_string()),
            Some("Runtime.consoleAPICalled") if params["type"] != "log" => self.complaints.push(params["args"].to_string()),
            Some("Log.entryAdded") => self.complaints.push(params["entry"].to_string()),
            Some("Network.requestWillBeSent") => self.asked.push(params["request"]["url"].as_str().unwrap_or_default().to_owned()),
            _ => {}
        }
    }

    /// Goes to a page.
    pub fn open(&mut self, url: &str) {
        self.call("Page.navigate", json!({ "url": url }));
    }

    pub fn resize(&mut self, width: u32, height: u32) {
        self.call(
            "Emulation.setDeviceMetricsOverride",
            json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": false }),
        );
    }

    /// What the system prefers, such as `prefers-color-scheme` and `dark`.
    pub fn prefer(&mut self, feature: &str, value: &str) {
        self.call("Emulation.setEmulatedMedia", json!({ "features": [{ "name": feature, "value": value }] }));
    }

    /// The value of an expression, once it has one.
    #[track_caller]
    pub fn run(&mut self, script: &str) -> Json {
        let answer = self.call("Runtime.evaluate", json!({ "expression": script, "awaitPromise": true, "returnByValue": true }));
        assert!(answer["exceptionDetails"].is_null(), "{script}: {}", answer["exceptionDetails"]);
        answer["result"]["value"].clone()
    }

    /// Waits until an expression is true.
    #[track_caller]
    pub fn wait(&mut self, script: &str) {
        let until = Instant::now() + PATIENCE / 4;
        while self.run(&format!("Boolean({script})")) != true {
            if Instant::now() > until {
                let text = self.run("document.body.innerText");
                panic!("never true: {script}\n{}\n{:#?}", text.as_str().unwrap_or_default(), self.complaints);
            }
            thread::sleep(Duration::from_millis(50));
        }
    }

    /// Presses and releases a key, by the name that scripts know it by.
    pub fn press(&mut self, key: &str) {
        let (text, code) = match key {
            "Enter" => ("\r", 13),
            " " => (" ", 32),
            "Tab" => ("", 9),
            "Escape" => ("", 27),
            "ArrowDown" => ("", 40),
            "ArrowUp" => ("", 38),
            _ => (key, key.to_uppercase().bytes().next().map_or(0, u32::from)),
        };
        let name = |kind: &str| json!({ "type": kind, "key": key, "windowsVirtualKeyCode": code, "text": if kind == "keyUp" { "" } else { text } });
        self.call("Input.dispatchKeyEvent", name(if text.is_empty() { "rawKeyDown" } else { "keyDown" }));
        self.call("Input.dispatchKeyEvent", name("keyUp"));
    }

    /// Types a text where the focus is.
    pub fn write(&mut self, text: &str) {
        self.call("Input.insertText", json!({ "text": text }));
    }

    /// What is seen, as PNG.
    pub fn picture(&mut self) -> Vec<u8> {
        let picture = self.call("Page.captureScreenshot", json!({ "format": "png", "optimizeForSpeed": false }));
        base64::engine::general_purpose::STANDARD.decode(picture["data"].as_str().expect("a picture")).expect("base64")
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
