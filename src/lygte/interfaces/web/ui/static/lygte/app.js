// What every staff page needs.
import "./keys.js";
import "./dialog.js";
import "./clock.js";
import "./privacy.js";
import "./print.js";
import "./flush.js";
import "./lock.js";
import "./desk.js";
