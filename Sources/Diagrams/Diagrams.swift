// Diagrams — who says what to whom in one delivery, drawn.
//
//   SequenceDiagram         the messages, in order
//   SequenceTeller          from facts and writes to messages
//   SequenceDiagram+Forms   as text, as Mermaid, as SVG
//
// Knows no lab and no cluster: whoever plays a run tells it what happened.
