//! A pull of ledger records: what is there now, page after page.

use std::collections::VecDeque;

use cardd_proto::v1::{self, pull_response::Part};
use tonic::Status;

use crate::{
    ledger::{Head, Standing},
    rpc::{caller::Line, convert},
};

/// Records read from the ledger at once.
const PAGE: usize = 256;

/// What is still to be sent.
pub(super) struct Pull {
    line: Line,
    after: u64,
    standing: Standing,
    page: VecDeque<v1::LedgerRecord>,
    begun: bool,
    ended: bool,
}

impl Pull {
    /// Everything after `after`, up to where the chain ends now.
    pub(super) fn new(line: Line, after: u64, standing: Standing) -> Self {
        Self {
            line,
            after,
            standing,
            page: VecDeque::new(),
            begun: false,
            ended: false,
        }
    }

    fn part(&mut self) -> Result<Option<Part>, Status> {
        if !self.begun {
            self.begun = true;
            return Ok(Some(self.begin()));
        }
        if self.page.is_empty() && self.after < self.standing.head.sequence {
            self.turn_page()?;
        }
        if let Some(record) = self.page.pop_front() {
            self.after = record.sequence;
            return Ok(Some(Part::Record(record)));
        }
        Ok(self.end())
    }

    fn turn_page(&mut self) -> Result<(), Status> {
        let last = self.standing.head.sequence;
        let read = self
            .line
            .terminal
            .collect(&self.line.desk, self.after, PAGE);
        let records = read.map_err(|error| self.line.refuse(&error))?;
        let wanted = records.iter().filter(|record| record.sequence <= last);
        self.page = wanted.map(convert::record).collect();
        if self.page.is_empty() {
            // Another pull was acknowledged meanwhile, and the records are gone from here.
            return Err(Status::aborted("the records left while they were pulled"));
        }
        Ok(())
    }

    fn begin(&self) -> Part {
        Part::Begin(v1::PullBegin {
            chain_id: self.standing.chain.0.to_vec(),
            base_sequence: self.standing.base.sequence,
            acknowledged_sequence: self.standing.acknowledged.sequence,
        })
    }

    fn end(&mut self) -> Option<Part> {
        let Head { sequence, hash } = self.standing.head;
        let end = v1::PullEnd {
            sequence,
            hash: hash.0.to_vec(),
            mac: self.standing.end.0.to_vec(),
        };
        let said = std::mem::replace(&mut self.ended, true);
        (!said).then_some(Part::End(end))
    }
}

/// One message after the other; the first failure is the last.
impl Iterator for Pull {
    type Item = Result<v1::PullResponse, Status>;

    fn next(&mut self) -> Option<Self::Item> {
        let part = self.part();
        if part.is_err() {
            self.ended = true;
            self.after = u64::MAX;
        }
        part.map(|part| part.map(|part| v1::PullResponse { part: Some(part) }))
            .transpose()
    }
}
