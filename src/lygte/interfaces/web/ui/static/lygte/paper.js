import "./keys.js";
import "./print.js";
