/** The bodies of the HTTP API under short names. `schema.d.ts` is generated; nothing here repeats it. */
import type { components } from "./schema";

type Schemas = components["schemas"];

export type AccessView = Schemas["AccessView"];
export type Access = Schemas["Access"];
export type Acquisition = Schemas["AcquisitionBody"];
export type AgentView = Schemas["AgentView"];
export type AllocationView = Schemas["AllocationView"];
export type BatchView = Schemas["BatchView"];
export type BookingView = Schemas["BookingView"];
export type BusFact = Schemas["BusFact"];
export type Check = Schemas["JobCheck"];
export type CodeView = Schemas["CodeView"];
export type DeviceClass = Schemas["DeviceClassView"];
export type DeviceDetail = Schemas["DeviceDetail"];
export type DeviceRow = Schemas["DeviceRow"];
export type DeviceStatus = Schemas["DeviceStatus"];
export type DriverManifest = Schemas["DriverManifest"];
export type Drivers = Schemas["Drivers"];
export type FleetSnapshot = Schemas["FleetSnapshot"];
export type Freedom = Schemas["Freedom"];
export type InstitutionView = Schemas["InstitutionView"];
export type IssueView = Schemas["IssueView"];
export type LabSnapshot = Schemas["LabSnapshot"];
export type JobDetail = Schemas["JobDetail"];
export type JobPage = Schemas["JobPage"];
export type JobRow = Schemas["JobRow"];
export type KitName = Schemas["KitName"];
export type JobStatus = Schemas["ExecutionStatus"];
export type LoanEnd = Schemas["LoanEnd"];
export type ModelView = Schemas["ModelView"];
export type Outcome = Schemas["Outcome"];
export type PersonView = Schemas["PersonView"];
export type Photo = Schemas["PhotoView"];
export type Places = Schemas["Places"];
export type Problem = Schemas["Problem"];
export type ResetLevel = Schemas["ResetLevel"];
export type ResetPreview = Schemas["ResetPreview"];
export type Untouched = Schemas["Untouched"];
export type Returned = Schemas["Returned"];
export type Role = Schemas["Role"];
export type ScanConflict = Schemas["ScanConflict"];
export type ScansTaken = Schemas["ScansTaken"];
export type SessionView = Schemas["SessionView"];
export type StepView = Schemas["JobStep"];
export type Suggestion = Schemas["Suggestion"];
export type SystemView = Schemas["SystemView"];
export type Text = Schemas["Text"];
export type TokenView = Schemas["TokenView"];
export type UserView = Schemas["UserView"];

/** Which devices a reset of many means. */
export type ResetScope = Partial<Pick<Schemas["ResetsRequest"], "devices" | "location" | "station" | "everything">>;
