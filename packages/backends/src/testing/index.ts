export { type BackendUnderTest, describeBackend } from './backend-conformance.js';
