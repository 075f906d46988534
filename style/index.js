import './base.css';
import './parts.css';
import './plan.css';
import './panels.css';
import './graph.css';
import './timeline.css';
import './cells.css';
import './tags.css';
