//! The office as a whole: its state, its rules, its people, the forms they left, the running server.

use super::{changes, looks};
use crate::ask::{
    AskUssd, BackupMade, DemoReport, Done, Draft, DropDraft, ExportRecords, FormKept, GetDraft,
    GetModules, GetOverview, GetStatus, KeepDraft, ListAudit, ListModems, ListUsers, LoadDemo,
    MakeBackup, ModemList, ModuleFiles, Overview, RemoveUser, SetUser, Status, StopServer, UserRow,
    UssdAnswer,
};
use crate::domain::access::Actor;
use crate::domain::refusal::Refusal;
use crate::domain::request_key::RequestKey;
use crate::server::connection::Shared;
use crate::server::{demo_loading, users};

looks! {
    GetModules, |_ask, office, _, _| Ok(ModuleFiles { files: office.module_files.clone() });
    ListAudit, |ask, office, _, _| office.list_audit(&ask);
    ListModems, |_ask, office, _, _| Ok(ModemList { modems: office.modems() });
    GetDraft, |ask, office, who, _| Ok(Draft { values: office.store.draft(&who.user, &ask.form)? });
    ExportRecords, |ask, office, _, _| office.export_records(&ask);
    ListUsers, |_ask, office, _, _| Ok(office.list_users());
}

changes! {
    KeepDraft => FormKept,
        |ask, office, who, _| office.keep_form(ask, who),
        |kept, _, _| Ok(kept);
    DropDraft => Done,
        |ask, office, who, _| office.drop_form(ask, who),
        |done, _, _| Ok(done);
    RemoveUser => Done,
        |ask, office, who, now| office.remove_user(&ask.user, who, now),
        |done, _, _| Ok(done);
}

impl super::Steps for SetUser {
    fn run(self, shared: &Shared, who: &Actor, _: Option<RequestKey>) -> Result<UserRow, Refusal> {
        users::set(shared, self, who)
    }
}

impl super::Steps for LoadDemo {
    fn run(
        self,
        shared: &Shared,
        who: &Actor,
        _: Option<RequestKey>,
    ) -> Result<DemoReport, Refusal> {
        demo_loading::load(shared, &self, who)
    }
}

impl super::Process for GetStatus {
    fn run(self, shared: &Shared, _who: &Actor) -> Result<Status, Refusal> {
        let office = &shared.office;
        let clients = shared.places.count();
        Ok(office.status(shared.writer.seq(), clients, office.clock.now()))
    }
}

impl super::Process for GetOverview {
    fn run(self, shared: &Shared, who: &Actor) -> Result<Overview, Refusal> {
        let office = &shared.office;
        office.overview(shared.writer.seq(), who, office.clock.now())
    }
}

impl super::Process for AskUssd {
    fn run(self, shared: &Shared, _who: &Actor) -> Result<UssdAnswer, Refusal> {
        let text = shared.outbox.ussd(&self.modem, &self.code)?;
        Ok(UssdAnswer { text })
    }
}

impl super::Process for MakeBackup {
    fn run(self, shared: &Shared, who: &Actor) -> Result<BackupMade, Refusal> {
        crate::server::offsite::on_request(shared, self, who)
    }
}

impl super::Process for StopServer {
    /// The server ends once whoever asked has been told: see [`super::super::answer`].
    fn run(self, _shared: &Shared, who: &Actor) -> Result<Done, Refusal> {
        tracing::info!(user = %who.user, "asked to stop");
        Ok(Done {})
    }
}
