// IstioRoutes — weights and dark matches as edits of VirtualServices and DestinationRules.
//
// The edits are pure: an object in, the object with only our places changed out. The router
// around them reads, edits and writes, and can do everything twice.
//
// Read in this order:
//   RouteScope       which service, which two versions, which routes
//   MeshHost         the many ways to write one host
//   RouteKey         which route: http routes by name, TLS and TCP routes by what they match
//   RouteReading     what a route says about a service
//   RouteSurvey      which routes and which rule carry the service, or why we will not touch them
//   RouteRefusal     the reasons, by name
//   WeightPool       the arithmetic of weights
//   RouteRecord      what stands on a VirtualService so that it can be brought home from itself
//   RouteMark        what a run left on the routes, for who has no journal of it
//   RouteEdit        pin, shift, darken, copy, keep users, unpin, retire
//   KeptRoute        the cookies and routes by which users stay with what they met
//   SubsetEdit       our subsets in a DestinationRule
//   ForeignHand      who changed what is ours, and which setting ends the fight
//   IstioRouter      reads, edits, writes
//
// Knows nothing of runs, steps and journals, nor when a change is to be made: the order of
// subset, settling and route is the caller's. But no route is written that names a subset which
// is not there.
