import { provideVSCodeDesignSystem, vsCodeButton } from '@vscode/webview-ui-toolkit';
import type { LearningRateContent, LearningRateHost } from '../../src/protocol/pageMessages';
import { connectToHost } from '../host';
import './learningRate.css';
import { LearningRateView } from './learningRateView';

provideVSCodeDesignSystem().register(vsCodeButton());

const view = new LearningRateView(connectToHost<object, LearningRateHost, LearningRateContent>({}));
document.body.append(view.element);
void view.fill();
