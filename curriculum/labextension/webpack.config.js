// Modules are numbered in the order of their use. By default the number of one hangs on the folder that one builds in, and
// the bundle could not be compared with what is committed.
module.exports = { optimization: { moduleIds: 'natural' } };
